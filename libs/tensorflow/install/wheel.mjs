import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { firstWorking, runCommand, tail } from './commands.mjs';
import { NativeInstallError } from './failure.mjs';
import { TENSORFLOW_VERSION } from './target.mjs';
import { unzip } from './zip.mjs';

// pip, or uv's pip: both take the same arguments, and both know the user's own index and proxy.
const DOWNLOADERS = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['python', '-m', 'pip'],
  ['uv', 'tool', 'run', 'pip'],
];
const CUDA_PLATFORMS = [
  'manylinux_2_27_x86_64',
  'manylinux_2_17_x86_64',
  'manylinux2014_x86_64',
  'manylinux1_x86_64',
];

// The headers that the binding includes, directly or not.
const HEADERS =
  /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\//;

/**
 * The program that downloads from the Python package index, with its leading arguments.
 * @throws {NativeInstallError}
 */
export async function findDownloader() {
  const pip = await firstWorking(DOWNLOADERS);
  if (pip !== undefined) return pip;
  throw new NativeInstallError(
    'TensorFlow comes from the Python package index, and neither pip nor uv is installed.',
    process.platform === 'darwin'
      ? 'Install one of them: "brew install uv" or "brew install python3".'
      : 'Install one of them: "apt-get install python3-pip", "dnf install python3-pip", or uv (https://docs.astral.sh/uv).',
  );
}

/**
 * Fetches TensorFlow's wheel from the Python package index and leaves in `directory` its two libraries, the C headers
 * and, for a GPU, NVIDIA's libraries beside them: laid out as Python would, so that they find each other.
 * @param {import('./target.mjs').Target} target
 * @param {string} directory
 * @param {(line: string) => void} log
 */
export async function unpackTensorFlow(target, directory, log) {
  const pip = await findDownloader();
  const downloads = path.join(directory, 'downloads');
  await mkdir(downloads, { recursive: true });

  const { project, platform, sha256 } = target.wheel;
  log(`downloading ${project} ${TENSORFLOW_VERSION} with ${pip.join(' ')}`);
  const requirements = path.join(downloads, 'requirements.txt');
  await writeFile(requirements, `${project}==${TENSORFLOW_VERSION} --hash=sha256:${sha256}\n`);
  await download(pip, [platform], downloads, ['--require-hashes', '-r', requirements]);
  if (target.cudaRequirements.length > 0) {
    log('downloading the CUDA libraries');
    await download(pip, CUDA_PLATFORMS, downloads, target.cudaRequirements);
  }

  const libraries = new Set(target.libraries.map((name) => `tensorflow/${name}`));
  const wanted = (name) => libraries.has(name) || HEADERS.test(name) || name.startsWith('nvidia/');
  log('unpacking the libraries');
  const unpacked = new Set();
  for (const wheel of (await readdir(downloads)).filter((name) => name.endsWith('.whl'))) {
    for (const name of await unzip(path.join(downloads, wheel), directory, wanted)) unpacked.add(name);
  }
  await rm(downloads, { recursive: true });
  for (const library of libraries) {
    if (!unpacked.has(library))
      throw new Error(`the wheel ${project} ${TENSORFLOW_VERSION} holds no ${library}`);
  }
}

async function download(pip, platforms, directory, requirements) {
  const [command, ...leading] = pip;
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-cache-dir'];
  const kind = ['--no-deps', '--only-binary=:all:', '--python-version', '311', '--implementation', 'cp'];
  const result = await runCommand(command, [
    ...leading,
    'download',
    ...quiet,
    ...kind,
    ...platforms.flatMap((platform) => ['--platform', platform]),
    '--dest',
    directory,
    ...requirements,
  ]);
  if (result.code !== 0) {
    throw new NativeInstallError(
      `The download from the Python package index failed:\n${tail(result.output)}`,
      'Check the connection and the index that pip is set up with ("pip config list"), and that the disk has 3 GB free.',
    );
  }
}
