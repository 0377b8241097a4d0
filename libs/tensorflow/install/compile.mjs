import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstWorking, runCommand, tail } from './commands.mjs';
import { NativeInstallError } from './failure.mjs';

/** Changes how the binding opens sessions; included before its own sources. */
export const SESSION_OPTIONS = fileURLToPath(new URL('session-options.h', import.meta.url));

/**
 * The C++ compiler, with its leading arguments; `CXX` chooses it.
 * @throws {NativeInstallError}
 */
export async function findCompiler() {
  const compiler = await firstWorking([
    ...(process.env.CXX ? [process.env.CXX.split(/\s+/)] : []),
    ['g++'],
    ['clang++'],
    ['c++'],
  ]);
  if (compiler !== undefined) return compiler;
  throw new NativeInstallError(
    'No C++ compiler was found (g++, clang++ or CXX).',
    process.platform === 'darwin'
      ? 'Install one: "xcode-select --install".'
      : 'Install one: "apt-get install g++" or "dnf install gcc-c++".',
  );
}

/**
 * Compiles TensorFlow.js's binding against the unpacked libraries, which it finds by absolute path.
 * @param {object} options
 * @param {string} options.tensorflow folder that holds `tensorflow/` and, for a GPU, `nvidia/`
 * @param {readonly string[]} options.libraries file names of TensorFlow's libraries
 * @param {string} options.sources the npm package @tensorflow/tfjs-node-gpu
 * @param {string} options.nodeHeaders folder with node_api.h
 * @param {number} options.napiVersion
 * @param {string} options.output path of the binding; appears only when complete
 */
export async function compileBinding({ tensorflow, libraries, sources, nodeHeaders, napiVersion, output }) {
  const compiler = await findCompiler();
  const libraryDirectory = path.join(tensorflow, 'tensorflow');
  const cuda = await cudaLibraries(path.join(tensorflow, 'nvidia'));
  const searched = [libraryDirectory, ...new Set(cuda.map((file) => path.dirname(file)))];
  const partial = `${output}.${process.pid}.partial`;
  await mkdir(path.dirname(output), { recursive: true });
  const [command, ...leading] = compiler;
  const files = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => path.join(sources, 'binding', file));
  const includes = [nodeHeaders, sources, path.join(libraryDirectory, 'include')];
  const shared = process.platform === 'darwin' ? ['-shared', '-undefined', 'dynamic_lookup'] : ['-shared'];
  // TensorFlow opens CUDA by name at run time; loaded with the binding, it is found without LD_LIBRARY_PATH.
  const linked = [
    ...libraries.map((name) => path.join(libraryDirectory, name)),
    ...(cuda.length > 0 ? ['-Wl,--no-as-needed', ...cuda] : []),
    ...searched.map((directory) => `-Wl,-rpath,${directory}`),
  ];
  const options = [
    '-std=c++17',
    '-O2',
    '-fPIC',
    `-DNAPI_VERSION=${napiVersion}`,
    '-include',
    SESSION_OPTIONS,
  ];
  const result = await runCommand(command, [
    ...leading,
    ...options,
    ...shared,
    '-o',
    partial,
    ...includes.flatMap((directory) => ['-I', directory]),
    ...files,
    ...linked,
  ]);
  if (result.code !== 0) {
    await rm(partial, { force: true });
    throw new NativeInstallError(
      `The binding did not compile with ${compiler.join(' ')}:\n${tail(result.output)}`,
      'A compiler for C++17 is needed: g++ 9 or newer, or clang++ 10 or newer. Set CXX to choose one.',
    );
  }
  await rename(partial, output);
}

/** NVIDIA's shared libraries that TensorFlow opens by name; cuDNN opens its own parts itself. */
const CUDA_LIBRARY =
  /\/lib\/lib(cudart|cublas|cublasLt|cudnn|cufft|curand|cusolver|cusparse|cupti|nccl|nvrtc|nvJitLink)\.so\.\d+$/;

async function cudaLibraries(directory) {
  if (!existsSync(directory)) return [];
  const files = await readdir(directory, { recursive: true });
  return files.filter((file) => CUDA_LIBRARY.test(file)).map((file) => path.join(directory, file));
}
