"""AWS Key Management Service. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, kms 2014-11-01.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "KmsKey",
]

KeyUsageType: TypeAlias = Literal[
    "SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"
]

KeySpec: TypeAlias = Literal[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
]

OriginType: TypeAlias = Literal["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]


class KmsKey(DeclaredResource, type="aws.kms_key", provider="aws", resolve_by="mark", timeout_s=60.0):
    """A key that encrypts and signs without ever leaving KMS."""

    description: Input[str] | None = None
    """A description of the KMS key. When it is not given: ``."""
    key_usage: Annotated[KeyUsageType | Output[str] | None, Immutable()] = None
    """Determines the cryptographic operations for which you can use the KMS key. When it is not given: `ENCRYPT_DECRYPT`."""
    key_spec: Annotated[KeySpec | Output[str] | None, Immutable()] = None
    """Specifies the type of KMS key to create. When it is not given: `SYMMETRIC_DEFAULT`."""
    origin: Annotated[OriginType | Output[str] | None, Immutable()] = None
    """The source of the key material for the KMS key. When it is not given: `AWS_KMS`."""
    multi_region: Annotated[Input[bool] | None, Immutable()] = None
    """Creates a multi-Region primary key that you can replicate into other Amazon Web Services Regions. When it is not given: `False`."""
    policy: Given[str | Mapping[str, Any]] | None = None
    """Who may use and manage the key; without it, the account's own policies decide."""
    enable_key_rotation: Input[bool] | None = None
    """Make new key material every year. When it is not given: `False`."""
    deletion_window_in_days: Annotated[Input[int] | None, Immutable()] = None
    """Days between the deletion and the loss of the key, 7 to 30; without it, 30."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    key_id: ClassVar[Computed[str]] = computed()
    """The globally unique identifier for the KMS key."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the KMS key."""
