"""A TCP proxy that lets everything pass after a while: a far server on this machine.

    python benchmarks/latency.py PORT UPSTREAM_PORT MILLISECONDS

What a client sends is delayed; what it gets back is not. Bandwidth is not limited.
"""

import asyncio
import sys


async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Pass bytes on, each `delay_s` after it came."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=256)

    async def receive() -> None:
        while data := await reader.read(256 * 1024):
            await waiting.put((loop.time() + delay_s, data))
        await waiting.put((loop.time() + delay_s, b""))

    receiving = asyncio.create_task(receive())
    try:
        while True:
            due, data = await waiting.get()
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            if not data:
                break
            writer.write(data)
            await writer.drain()
    except (ConnectionError, asyncio.CancelledError):
        pass
    finally:
        receiving.cancel()
        writer.close()


async def serve(port: int, upstream: int, delay_s: float) -> None:
    """Until killed."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs_in, theirs_out = await asyncio.open_connection("127.0.0.1", upstream)
        await asyncio.gather(
            passed(reader, theirs_out, delay_s), passed(theirs_in, writer, 0.0), return_exceptions=True
        )

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000))
