import os from 'node:os';
import path from 'node:path';
import { NativeInstallError } from './failure.mjs';

export const TENSORFLOW_VERSION = '2.21.0';

// Only C and C++ files are taken from a wheel, so the CPython version in its name doesn't matter; the hash pins one file.
const WHEELS = {
  'linux-x64-cpu': {
    project: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
  'linux-arm64-cpu': {
    project: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  },
  'darwin-arm64-cpu': {
    project: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
  },
  'linux-x64-gpu': {
    project: 'tensorflow',
    platform: 'manylinux_2_27_x86_64',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  },
};

// What the wheel's own "and-cuda" extra asks for.
const CUDA_REQUIREMENTS = [
  'nvidia-cublas-cu12<13.0,>=12.5.3.2',
  'nvidia-cuda-cupti-cu12<13.0,>=12.5.82',
  'nvidia-cuda-nvcc-cu12<13.0,>=12.5.82',
  'nvidia-cuda-nvrtc-cu12<13.0,>=12.5.82',
  'nvidia-cuda-runtime-cu12<13.0,>=12.5.82',
  'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
  'nvidia-cufft-cu12<12.0,>=11.2.3.61',
  'nvidia-curand-cu12<11.0,>=10.3.6.82',
  'nvidia-cusolver-cu12<12.0,>=11.6.3.83',
  'nvidia-cusparse-cu12<13.0,>=12.5.1.3',
  'nvidia-nccl-cu12<3.0,>=2.27.7',
  'nvidia-nvjitlink-cu12<13.0,>=12.5.82',
];

/**
 * @typedef {object} Target what to install on this machine
 * @property {string} key names the cache folder, such as `2.21.0-linux-x64-cpu`
 * @property {{ project: string, platform: string, sha256: string }} wheel
 * @property {string[]} cudaRequirements empty without a GPU
 * @property {string[]} libraries file names of the two libraries in the wheel
 * @property {string} directory cache folder of this version and platform
 */

/**
 * Chooses the wheel for this machine. `EPOCHAL_TENSORFLOW=gpu` asks for CUDA.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Target}
 * @throws {NativeInstallError} when TensorFlow is published for no such machine
 */
export function chooseTarget(env) {
  const variant = env.EPOCHAL_TENSORFLOW || 'cpu';
  if (variant !== 'cpu' && variant !== 'gpu') {
    throw new NativeInstallError(
      `EPOCHAL_TENSORFLOW is "${variant}", which is not a kind of TensorFlow.`,
      'Set EPOCHAL_TENSORFLOW to "cpu" or "gpu", or unset it for "cpu".',
    );
  }
  const machine = `${process.platform}-${process.arch}-${variant}`;
  const wheel = WHEELS[machine];
  if (wheel === undefined) {
    throw new NativeInstallError(
      `TensorFlow ${TENSORFLOW_VERSION} is not published for ${process.platform} on ${process.arch} (${variant}).`,
      `It is for: ${Object.keys(WHEELS).join(', ')}. The Docker image runs on the others.`,
    );
  }
  if (process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime) {
    throw new NativeInstallError(
      'TensorFlow needs glibc, and this system (Alpine, probably) has another C library.',
      'Use a Debian, Ubuntu or Fedora image, such as node:22-bookworm-slim.',
    );
  }
  const key = `${TENSORFLOW_VERSION}-${machine}`;
  return {
    key,
    wheel,
    cudaRequirements: variant === 'gpu' ? CUDA_REQUIREMENTS : [],
    libraries:
      process.platform === 'darwin'
        ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
        : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
    directory: path.join(cacheRoot(env), 'tensorflow', key),
  };
}

function cacheRoot(env) {
  if (env.EPOCHAL_CACHE_DIR) return path.resolve(env.EPOCHAL_CACHE_DIR);
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'epochal');
}
