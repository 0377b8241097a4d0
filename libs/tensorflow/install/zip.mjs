import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LONGEST_END = 22 + 0xffff;

/**
 * Unpacks the files of a zip archive (a wheel) that `wanted` accepts, keeping their paths under `directory`.
 * Zip64 archives are refused: no wheel of a registry is that large.
 * @param {string} archive
 * @param {string} directory
 * @param {(name: string) => boolean} wanted
 * @returns {Promise<string[]>} the names unpacked
 */
export async function unzip(archive, directory, wanted) {
  const entries = (await readDirectory(archive)).filter(
    (entry) => !entry.name.endsWith('/') && wanted(entry.name),
  );
  for (const entry of entries) {
    const file = path.resolve(directory, entry.name);
    if (!file.startsWith(path.resolve(directory) + path.sep)) {
      throw new Error(`${archive} holds a path outside of itself: ${entry.name}`);
    }
    await mkdir(path.dirname(file), { recursive: true });
    await writeEntry(archive, entry, file);
  }
  return entries.map((entry) => entry.name);
}

async function readDirectory(archive) {
  const handle = await open(archive, 'r');
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, LONGEST_END));
    await handle.read(tail, 0, tail.length, size - tail.length);
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
    if (end < 0) throw new Error(`${archive} is not a zip archive`);
    const count = tail.readUInt16LE(end + 10);
    const offset = tail.readUInt32LE(end + 16);
    if (count === 0xffff || offset === 0xffffffff) throw new Error(`${archive} is a zip64 archive`);
    const directory = Buffer.alloc(tail.readUInt32LE(end + 12));
    await handle.read(directory, 0, directory.length, offset);
    return parseDirectory(archive, directory, count);
  } finally {
    await handle.close();
  }
}

function parseDirectory(archive, bytes, count) {
  const entries = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error(`${archive} has a broken directory`);
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      method: bytes.readUInt16LE(at + 10),
      compressedSize: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

async function writeEntry(archive, entry, file) {
  const start = entry.offset + (await localHeaderLength(archive, entry.offset));
  const packed =
    entry.compressedSize === 0
      ? Readable.from([])
      : createReadStream(archive, { start, end: start + entry.compressedSize - 1, highWaterMark: 1 << 20 });
  if (entry.method === 0) await pipeline(packed, createWriteStream(file));
  else if (entry.method === 8)
    await pipeline(packed, createInflateRaw({ chunkSize: 1 << 20 }), createWriteStream(file));
  else throw new Error(`${entry.name} is packed in a way (${entry.method}) that wheels don't use`);
}

async function localHeaderLength(archive, offset) {
  const handle = await open(archive, 'r');
  try {
    const header = Buffer.alloc(30);
    await handle.read(header, 0, 30, offset);
    return 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await handle.close();
  }
}
