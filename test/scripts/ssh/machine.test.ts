import test from 'ava';
import { freeBytesOf, listenersOf, takenPortsOf } from '../../../scripts/lib/ssh/machine.ts';

test('free room is the fourth column, also where the name of the file system is long', (t) => {
  const head = 'Filesystem     1024-blocks     Used Available Capacity Mounted on\n';
  t.is(freeBytesOf(`${head}/dev/sda1         61255492 20000000  38110840      35% /\n`), 38_110_840 * 1024);
  t.is(freeBytesOf(`${head}/dev/mapper/a-very-long-name 1 1 0 100% /var/lib/docker\n`), 0);
  t.is(freeBytesOf(''), undefined);
  t.is(freeBytesOf('df: /var/lib/docker: No such file or directory\n'), undefined);
});

test('those that listen are read from the tables of the kernel, connections are not', (t) => {
  const head =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const table = [
    head,
    '   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n',
    '   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1\n',
    '   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 3 1\n',
    head,
    '   0: 00000000000000000000000000000000:2382 00000000000000000000000000000000:0000 0A 00000000:00000000\n',
    '   1: 00000000000000000000000001000000:2385 00000000000000000000000000000000:0000 0A 00000000:00000000\n',
    '   2: 0000000000000000FFFF00000500000A:0051 00000000000000000000000000000000:0000 0A 00000000:00000000\n',
  ].join('');
  const listeners = listenersOf(table);
  t.deepEqual(listeners, [
    { address: '127.0.0.1', port: 3000 },
    { address: '0.0.0.0', port: 22 },
    { address: '::', port: 9090 },
    { address: '::1', port: 9093 },
    { address: '10.0.0.5', port: 81 },
  ]);
  const taken = (address: string) => [...takenPortsOf(listeners, address, [3000, 22, 9090, 9093, 81, 8080])];
  t.deepEqual(taken('127.0.0.1'), [3000, 22, 9090]);
  t.deepEqual(taken('0.0.0.0'), [3000, 22, 9090, 9093, 81]);
  t.deepEqual(taken('10.0.0.5'), [22, 9090, 81]);
  t.deepEqual(taken('::1'), [22, 9090, 9093]);
});
