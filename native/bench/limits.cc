#include "bench/limits.h"

#include <string.h>

#include <atomic>
#include <chrono>

namespace bitnet {
namespace {

constexpr int kRepetitions = 5;

using Clock = std::chrono::steady_clock;

double nanos_since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

// In eight independent sums, so that the additions do not wait for one another.
uint64_t sum_of(const uint8_t* p, uint64_t bytes) {
  uint64_t sum[8] = {};
  for (uint64_t i = 0; i + 64 <= bytes; i += 64) {
    for (int j = 0; j < 8; ++j) {
      uint64_t word;
      memcpy(&word, p + i + 8 * j, sizeof word);
      sum[j] += word;
    }
  }
  for (int j = 1; j < 8; ++j) sum[0] += sum[j];
  return sum[0];
}

}  // namespace

double read_gbytes_per_second(bn_pool* pool, uint64_t bytes) {
  Array<uint8_t> buffer;
  if (!buffer.allocate(bytes)) return 0;
  memset(buffer.data(), 1, bytes);
  PoolLease threads(pool);
  std::atomic<uint64_t> total{0};
  // Pieces large enough to be streams, small enough that a slow thread holds nobody up for long.
  constexpr uint64_t kPiece = 1 << 20;
  double best = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    const Clock::time_point start = Clock::now();
    threads.for_each(bytes, kPiece, [&](uint64_t begin, uint64_t end, uint32_t) {
      total.fetch_add(sum_of(buffer.data() + begin, end - begin), std::memory_order_relaxed);
    });
    const double rate = static_cast<double>(bytes) / nanos_since(start);
    if (rate > best) best = rate;
  }
  // The sums are used, so they were computed.
  return total.load() == 0 ? 0 : best;
}

double multiply_gadds_per_second(bn_pool* pool, const KernelTable& kernel) {
  PoolLease threads(pool);
  constexpr uint64_t kPieces = 256;
  uint64_t rounds = 1;
  double best = 0;
  // Doubles the rounds until a run takes long enough to be timed, then repeats it.
  for (int timed = 0; timed < kRepetitions;) {
    std::atomic<uint64_t> done{0};
    const Clock::time_point start = Clock::now();
    threads.for_each(kPieces, 1, [&](uint64_t begin, uint64_t end, uint32_t) {
      for (uint64_t i = begin; i < end; ++i) done.fetch_add(kernel.multiply_adds(rounds));
    });
    const double nanos = nanos_since(start);
    if (timed == 0 && nanos < 5e6 && rounds < uint64_t{1} << 40) {
      rounds *= 2;
      continue;
    }
    ++timed;
    const double rate = static_cast<double>(done.load()) / nanos;
    if (rate > best) best = rate;
  }
  return best;
}

}  // namespace bitnet
