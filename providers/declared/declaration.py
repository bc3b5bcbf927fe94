"""The form in which a resource type is declared: operations, identity, fields, tags, and when it is ready.

Data only. What follows from the service's model is not said again: an input's shape and documentation, whether
it is required, and that an input which no update takes forces a replacement.

Expressions are JMESPath (https://jmespath.org/specification.html), the language of botocore's own waiters and
paginators. Those that build the parameters of a call see one document:

    {"input": inputs by name, "members": inputs by API name (tags and aspects left out), "key": identity by name, "output": outputs by name, "prior": prior inputs by name,
     "live": inputs as they are now, in the API's form, read when an expression speaks of it,
     "changed": of an update, API names of the inputs (tags and aspects left out) that have changed, sorted,
     "mark": of a listing that looks for what an interrupted create made, `mark.lineage` and `mark.uid`; else null,
     "tags": all tags with our mark, as a map, "added": tags to be set, "removed": names of tags to be taken off,
     "token": idempotency token, "place": where the target is (`place.region`, `place.account`, `place.project`)}

Those that read an answer see that answer; outputs, `gone` and the `result` of a reading see `key` and `place` beside it. Functions beyond the
standard ones: `tag_list(map, key, value)`, `tag_map(list, key, value)`, `parse(text)`, `text(value)`, `strings(map)`,
`split(text, separator)`, `omit(map, names)`, `where(list, member, value)`, `query(map)`,
`nulls(names)`, `base64(text)` (`expressions.py`). A parameter whose expression gives null is left out.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from unknot.stacks.resource_type import ResolveBy

FORCE: Final = "force_destroy"
"""The input by which a user asks that an object be deleted with what it holds."""


class Call(msgspec.Struct, frozen=True):
    """One operation of the API and what it is given.

    Every part of the identity and every field of its owner that the operation takes under the same name is given
    without saying so; `params` adds to that and replaces it.
    """

    operation: str
    """As the SDK names it: `create_bucket`, `storage.buckets.insert`."""
    params: Mapping[str, str] = {}
    """API member to an expression."""
    ignore: tuple[str, ...] = ()
    """Error codes that mean there was nothing to do."""
    when: str = "`true`"
    """An expression over the same document: the call is made only if it gives true."""
    merges: bool = False
    """The API merges what it is given into what is there, and takes null for what is to go (RFC 7396): only what has
    changed is given, with null for what was taken away, at any depth. Nulls that `params` give are kept."""


class Field(msgspec.Struct, frozen=True):
    """What the service's model does not tell of one input."""

    name: str
    """In snake case, as users write it."""
    member: str = ""
    """API name; empty: the name in the API's own case."""
    shape: str = ""
    """Where in the model its shape is: `operation.Member.Member`, entries of lists and maps without saying so; or one
    of `string`, `boolean`, `integer`, `number`, `map` (of text), `json`; empty: the member of the create operation.
    What has a shape of its own has no member unless `member` names it or `shape` is a place in the model, when it is
    the last part of that."""
    immutable: bool | None = None
    """None: immutable if no update takes it."""
    required: bool | None = None
    sensitive: bool | None = None
    """None: if the model says so of it, and it is one value and no structure. False: whatever the model says."""
    shown: tuple[str, ...] = ()
    """Members inside of it (`Code.ZipFile` is `ZipFile`; entries of lists and maps without saying so) that are no secret,
    whatever the model says."""
    write_only: bool = False
    unordered: bool = False
    """A list whose order, and that of lists in it, means nothing."""
    digest: Literal["", "md5"] = ""
    """The read tells a digest, in base64, of what the input holds as bytes."""
    format: str = ""
    """A name of `formats.FORMATS`; empty: what the model says; `text`: nothing, whatever the model says. Of `json`,
    `policy` and the like, users may give a mapping in place of text."""
    values: tuple[str, ...] = ()
    """The only values, where the model does not tell them."""
    minimum: float | None = None
    maximum: float | None = None
    """As `Shape.min` and `Shape.max`, where the model does not tell them."""
    default: Any = None
    """What the API makes of it when it is not given: taking the input away then sets this."""
    read: str = ""
    """Expression over the answer of the read; empty: the member of that name, wherever `result` leads to."""
    readable: bool = True
    """False: no call tells its value, so it is never seen to drift."""
    physical_name: bool = False
    """The object's own name: made up from the address when it is not given."""
    doc: str = ""


class Identity(msgspec.Struct, frozen=True):
    """How one object is told from all others.

    `id` is what is recorded and what users give to import: a template over the names in `keys`.
    """

    id: str
    """`{RoleName}`, `{Role}/{PolicyArn}`."""
    keys: Mapping[str, str]
    """API name to an expression: over the document of calls (`input.role_name`), or, beginning with `created.`,
    over the answer of the create (`created.Instances[0].InstanceId`)."""


class Reading(msgspec.Struct, frozen=True):
    """A call that tells some fields of one object."""

    call: Call
    result: str = "@"
    """Expression over the answer that gives the document of the object; null: it is not there."""
    absent: tuple[str, ...] = ()
    """Error codes that mean: it is not there."""
    gone: str = ""
    """Expression over the document: true for what only looks as if it were there (`State.Name == 'terminated'`)."""


class Listing(msgspec.Struct, frozen=True):
    """A call that tells some fields of many objects at once (D9)."""

    call: Call
    items: str
    """Expression over one page of the answer that gives the documents of objects, in the form of `Reading.result`."""
    keys: Mapping[str, str]
    """Part of the identity to an expression over one document, which sees `place` beside it."""
    fields: tuple[str, ...] = ()
    """Inputs that it tells as fully as the read does. `*`: all that the read tells."""
    outputs: tuple[str, ...] = ()
    """Outputs that it tells. `*`: all."""
    tags: bool = False
    """It tells the tags too."""
    under: tuple[str, ...] = ()
    """Parts of the identity that the call is given: it lists what is under them, and is asked once for each."""
    by: str = ""
    """Asked for up to `batch` objects at once by this parameter, which takes a list of identities; empty: lists all."""
    batch: int = 100


class Aspect(msgspec.Struct, frozen=True):
    """Fields of an object that have operations of their own: a bucket's versioning, a queue's policy."""

    fields: tuple[str, ...]
    put: Call
    reading: Reading | None
    """None: the main read tells them."""
    at_create: bool = False
    """The create call takes them too, so that nothing is put after it."""
    before_put: tuple[Call, ...] = ()
    """Made before `put` and `unset`, for what can only be taken away and set anew."""
    unset: Call | None = None
    """Takes them away; None: `put` is called with the fields' defaults."""


class Tags(msgspec.Struct, frozen=True):
    """Where labels of an object are, which also bear our mark (rule A3)."""

    field: str = "tags"
    form: Literal["map", "list"] = "list"
    key: str = "Key"
    value: str = "Value"
    create: str = "Tags"
    """Member of the create operation that takes them; empty: if no parameter of the create speaks of `tags`, they are
    set right after it."""
    read: str = "Tags"
    """Expression over the document of the main read; unused where `reading` is given."""
    reading: Reading | None = None
    """A call of its own that tells them; `result` gives the tags."""
    replace: Call | None = None
    """Sets all of them at once; or else `add` and `remove`."""
    add: Call | None = None
    remove: Call | None = None
    characters: Literal["any", "label", "identifier"] = "any"
    """`label`: lower case letters, digits, `_` and `-` only, as Google wants them. `identifier`: letters, digits and
    `_` only, as Azure wants the names of metadata."""


class Until(msgspec.Struct, frozen=True):
    """Wait for an object that is made, changed or deleted in the background."""

    path: str
    """Expression over the document of the read."""
    ready: tuple[str, ...]
    pending: tuple[str, ...] = ()
    """While waiting. Any other value is a failure."""
    why: str = ""
    """Expression over the document that tells why it failed."""


class Sweep(msgspec.Struct, frozen=True):
    """A pair of calls that tells and deletes some of what an object holds, where the user asks for that (`FORCE`)."""

    noun: str
    """What is deleted, for messages: `objects`."""
    listing: Call
    items: str
    """Expression over one page of its answer that gives the entries."""
    delete: Call
    """Its expressions see `items`, up to `batch` entries, beside what all calls see."""
    batch: int = 1
    refused: str = ""
    """Expression over its answer that gives, as text, what was not deleted and why; empty: it is an error then."""


class Declaration(msgspec.Struct, frozen=True):
    """One resource type.

    Its inputs are the members of the create operation, less those in `omit`, those that tags, marks and idempotency
    tokens go into, and those that `create.params` gives unless a field names them; and the `fields` that have a shape
    of their own. An input is immutable if it is part of the identity, or if the API has a name for it and no update
    and no aspect takes it, under that name or in an expression.
    """

    type: str
    """`aws.s3_bucket`."""
    service: str
    """As the SDK names it."""
    doc: str
    """What it is, in one sentence."""
    create: Call | None
    """None: objects of this type are only ever imported and read."""
    identity: Identity
    read: Reading
    delete: Call | None = None
    """None: deleting it only forgets it."""
    listing: tuple[Listing, ...] = ()
    update: tuple[Call, ...] = ()
    """Each is made when a field that it takes has changed."""
    update_fields: Mapping[str, tuple[str, ...]] = {}
    """Operation to the fields whose change calls for it, where that is not all that it takes."""
    fields: tuple[Field, ...] = ()
    omit: tuple[str, ...] = ()
    """API members of the create operation that are no inputs."""
    only: tuple[str, ...] = ()
    """If given: the API members of the create operation that are inputs, and no others."""
    aspects: tuple[Aspect, ...] = ()
    outputs: Mapping[str, str] = {}
    """Name to an expression over the document of the read. `key.X`: that part of the identity."""
    output_docs: Mapping[str, str] = {}
    lasting: tuple[str, ...] = ()
    """Outputs that no update changes, so that what refers to them need not wait, or be replaced, when there is one.
    `physical_name`, and those that are made of `key` and `place` only, are without saying so."""
    sensitive_outputs: tuple[str, ...] = ()
    tags: Tags | None = None
    ready: Until | None = None
    deleted: Until | None = None
    """Waited for after the delete; an object that is not there is deleted."""
    before_delete: tuple[Call, ...] = ()
    content: Reading | None = None
    """What it holds, where the API would delete that with it without asking: while `result` gives the name of something,
    the object is not deleted, unless the input `force_destroy` says so."""
    not_empty: tuple[str, ...] = ()
    """Error codes of the delete that mean: it holds something."""
    sweeps: tuple[Sweep, ...] = ()
    """How it is emptied before it is deleted, where the input `force_destroy` says so."""
    resolve_by: ResolveBy = "mark"
    alike: bool = False
    """Objects of one identity are the same whoever made them (an attachment): one that is there counts as made."""
    timeout_s: float = 60.0
    class_name: str = ""
    """Empty: made from the type: `aws.s3_bucket` is `S3Bucket`."""
    permissions: Mapping[str, tuple[str, ...]] = {}
    """Operation to permissions, where they are not `service:Operation`."""
    transient: tuple[str, ...] = ()
    """Error codes of a create that pass by themselves (a role that is not yet known everywhere)."""
