#!/usr/bin/env python3
"""A subscriber of the shop: prints what becomes of orders, one line of JSON per event. README.md says how to run it."""

import json
import os
import signal
import socket
import sqlite3
import sys
import time

try:
    import pika
except ImportError:
    sys.exit("This needs pika: install the package python3-pika, or pip install pika.")

QUEUE, PARKED, REDELIVERY = "example.events", "example.events.parked", "example.redelivery"
KEYS = ["order.#", "shipment.#"]

stopping = False


def declare(channel):
    """A queue of our own, and a parking lot for what we cannot process. Declaring both again changes nothing."""
    channel.exchange_declare("shop.events", "topic", durable=True)
    channel.exchange_declare(REDELIVERY, "direct", durable=True)
    channel.queue_declare(PARKED, durable=True, arguments={
        "x-queue-type": "quorum",
        "x-delivery-limit": 2**31 - 1,  # from 4.0 it is 20 otherwise: what is looked at more often would be dropped
    })
    channel.queue_bind(PARKED, REDELIVERY)
    channel.queue_declare(QUEUE, durable=True, arguments={
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,  # a message that takes us down with it each time is parked in the end
        "x-dead-letter-exchange": REDELIVERY,
        "x-dead-letter-routing-key": PARKED,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # which that strategy asks for
    })
    for key in KEYS:
        channel.queue_bind(QUEUE, "shop.events", key)


def on(event, properties, done):
    """Once per event, unless we die between the print and the note: then the line comes again, with the same id."""
    if done.execute("SELECT 1 FROM done WHERE id = ?", [properties.message_id]).fetchone():
        return
    print(json.dumps({"id": properties.message_id, "type": properties.type, "event": event}), flush=True)
    done.execute("INSERT INTO done VALUES (?)", [properties.message_id])


def consume(connection, done):
    channel = connection.channel()
    declare(channel)
    channel.basic_qos(prefetch_count=20)
    print("listening", file=sys.stderr, flush=True)
    for method, properties, body in channel.consume(QUEUE, inactivity_timeout=0.5):
        if stopping:
            return  # what is not acknowledged goes back to the queue
        if method is None:
            continue
        try:
            on(json.loads(body), properties, done)
        except (ValueError, RecursionError):  # not JSON, or nested beyond all reason: no other try would help
            channel.basic_reject(method.delivery_tag, requeue=False)
        else:
            channel.basic_ack(method.delivery_tag)


def stop(*_):
    global stopping
    stopping = True


def main():
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    broker = pika.URLParameters(os.environ.get("RABBITMQ_URL", "amqp://shop:shop@localhost:5672/shop"))
    done = sqlite3.connect(os.environ.get("DONE", "done.db"), isolation_level=None)
    done.execute("CREATE TABLE IF NOT EXISTS done (id TEXT PRIMARY KEY)")
    while not stopping:
        try:
            with pika.BlockingConnection(broker) as connection:
                consume(connection, done)
        except (pika.exceptions.AMQPError, socket.gaierror) as e:
            print(f"no broker, trying again: {e!r}", file=sys.stderr, flush=True)
            time.sleep(1)
    print("stopped", file=sys.stderr)


if __name__ == "__main__":
    main()
