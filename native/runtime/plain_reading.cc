#include "runtime/plain_reading.h"

#include <chrono>

#include "kernels/streams.h"

namespace bitnet {
namespace {

// Bytes that a thread takes at a time: long enough for four sequential streams, short enough that a slow
// core does not hold up the others. Not near a power of two, or the streams' lines could share banks.
constexpr uint64_t kChunkBytes = 4 * 20011 * 64;

}  // namespace

double read_bandwidth(PoolLease* threads, const void* data, uint64_t bytes) {
  const auto start = std::chrono::steady_clock::now();
  std::atomic<uint64_t> sum{0};
  threads->for_each(bytes, kChunkBytes, [&](uint64_t begin, uint64_t end, uint32_t) {
    sum += sum_words(static_cast<const uint8_t*>(data) + begin, end - begin);
  });
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return static_cast<double>(bytes) / seconds.count();
}

}  // namespace bitnet
