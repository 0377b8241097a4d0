"""Uploads and lists with boto3, and prints what came back as JSON."""

import io
import json

import boto3
from boto3.s3.transfer import TransferConfig

s3 = boto3.client("s3")
s3.create_bucket(Bucket="boto3")

content = bytes(range(256)) * (12 * 2**20 // 256)
s3.upload_fileobj(
    io.BytesIO(content),
    "boto3",
    "multipart",
    Config=TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20),
)
received = s3.get_object(Bucket="boto3", Key="multipart")["Body"].read()

for number in range(101):
    s3.put_object(Bucket="boto3", Key=f"listed/{number}", Body=b"")
paginator = s3.get_paginator("list_objects_v2")
pages = list(paginator.paginate(Bucket="boto3", Prefix="listed/", PaginationConfig={"PageSize": 50}))
keys = {entry["Key"] for page in pages for entry in page["Contents"]}

result = {"multipart_bytes": len(received), "same_bytes": received == content}
print(json.dumps({**result, "listed": len(keys), "pages": len(pages)}))
