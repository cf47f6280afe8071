import test from 'ava';
import { missingPackages } from '../../../scripts/lib/install/packages.ts';

const lock = JSON.stringify({
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
    'node_modules/for-another-platform': { version: '3.0.0', optional: true },
  },
});

test('a folder that npm filled from the lock lacks nothing', (t) => {
  const installed = JSON.stringify({
    packages: {
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a/node_modules/b': { version: '2.0.0' },
    },
  });
  t.deepEqual(missingPackages(lock, installed), []);
});

test('without a folder, everything but the optional is missing', (t) => {
  t.deepEqual(missingPackages(lock, undefined), ['a', 'b']);
});

test('another version counts as missing', (t) => {
  const installed = JSON.stringify({
    packages: {
      'node_modules/a': { version: '1.0.1' },
      'node_modules/a/node_modules/b': { version: '2.0.0' },
    },
  });
  t.deepEqual(missingPackages(lock, installed), ['a']);
});
