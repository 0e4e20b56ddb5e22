"""Celery on the same Redis: enqueue and drain of no-op tasks. celery_peer.py PORT JOBS ROUNDS CONCURRENCY → one JSON line for each figure."""
import json
import os
import subprocess
import sys
import time

from celery import Celery

port = os.environ.get("PEER_PORT") or sys.argv[1]
app = Celery("celery_peer", broker=f"redis://127.0.0.1:{port}/1", backend=f"redis://127.0.0.1:{port}/2")
app.conf.update(worker_hijack_root_logger=False, worker_prefetch_multiplier=16, result_expires=3600)


@app.task(name="noop")
def noop(n):
    return n


def main():
    jobs, rounds, concurrency = (int(value) for value in sys.argv[2:5])
    for _ in range(rounds):
        began = time.monotonic()
        with app.producer_or_acquire(None) as producer:
            results = [noop.apply_async((n,), producer=producer) for n in range(jobs)]
        print(json.dumps({"figure": "bulk", "seconds": time.monotonic() - began, "cpuMicros": 0, "count": jobs}), flush=True)
        began = time.monotonic()
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "celery_peer", "worker", "-c", str(concurrency), "-l", "ERROR"],
            cwd=os.path.dirname(os.path.abspath(__file__)),
            env=dict(os.environ, PEER_PORT=str(port)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        first = None
        for result in results:
            result.get(timeout=120)
            first = first or time.monotonic()
        print(json.dumps({"figure": "drain", "seconds": time.monotonic() - first, "cpuMicros": 0, "count": jobs}), flush=True)
        worker.terminate()
        worker.wait(30)


if __name__ == "__main__":
    main()
