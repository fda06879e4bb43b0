// Reads a head of 128256 x 2560 in each type with 1 and 2 threads: milliseconds and GB/s of weights,
// beside the plain read bandwidth of the same memory.
//
//     head_bench [kernel [rows [cols]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "include/bitnet.h"
#include "kernels/registry.h"
#include "ops/dense.h"
#include "runtime/pool.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <typename F>
double median_seconds(F f) {
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    const auto start = Clock::now();
    f();
    times.push_back(seconds_since(start));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// Sums 8-byte words: as little work per byte as can be.
uint64_t read_all(const uint8_t* p, uint64_t bytes) {
  typedef uint64_t Words __attribute__((vector_size(32)));
  Words a = {}, b = {};
  for (uint64_t i = 0; i + 64 <= bytes; i += 64) {
    Words x, y;
    std::memcpy(&x, p + i, 32);
    std::memcpy(&y, p + i + 32, 32);
    a ^= x;
    b ^= y;
  }
  a ^= b;
  return a[0] ^ a[1] ^ a[2] ^ a[3];
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t kernel = bitnet::kernel_best();
  if (argc > 1) {
    for (uint32_t i = 0; i < bitnet::kernel_count(); ++i) {
      if (std::strcmp(bitnet::kernel_at(i).name, argv[1]) == 0) kernel = i;
    }
  }
  const uint64_t rows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 128256;
  const uint64_t cols = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 2560;
  const bitnet::KernelTable& table = bitnet::kernel_at(kernel);
  std::mt19937 random(1);
  std::vector<float> x(cols), y(rows);
  for (float& f : x) f = static_cast<float>(random()) * 0x1p-32f - 0.5f;

  std::printf("build %s, %llu x %llu\n", table.name, static_cast<unsigned long long>(rows),
              static_cast<unsigned long long>(cols));
  std::printf("%-6s %8s %9s %9s %12s %7s\n", "type", "threads", "ms", "GB/s", "read GB/s", "share");
  const struct {
    const char* name;
    uint32_t type;
  } types[] = {{"F32", BN_TYPE_F32},   {"F16", BN_TYPE_F16},   {"Q8_0", BN_TYPE_Q8_0},
               {"Q6_K", BN_TYPE_Q6_K}, {"Q4_0", BN_TYPE_Q4_0}};
  for (const auto& t : types) {
    const uint64_t row_bytes = bitnet::dense_row_bytes(t.type, cols), bytes = rows * row_bytes;
    if (row_bytes == 0) continue;
    std::vector<uint8_t> weights(bytes);
    for (uint64_t i = 0; i + 4 <= bytes; i += 4) {
      // No exponent of all ones: NaN and infinity take no longer, but look odd.
      const uint32_t word = random() & 0x3bff3bff;
      std::memcpy(&weights[i], &word, 4);
    }
    for (const uint32_t threads : {1u, 2u}) {
      bn_pool* pool = nullptr;
      if (bn_pool_create(threads, &pool) != BN_OK) return 1;
      bitnet::PoolLease lease(pool);
      const double head = median_seconds([&] {
        lease.for_each(rows, 64, [&](uint64_t begin, uint64_t end, uint32_t) {
          table.head(t.type, weights.data(), cols, begin, end, x.data(), 1, y.data(), rows);
        });
      });
      std::vector<uint64_t> sums(threads);
      const double read = median_seconds([&] {
        lease.for_each(rows, 64, [&](uint64_t begin, uint64_t end, uint32_t thread) {
          sums[thread] ^= read_all(&weights[begin * row_bytes], (end - begin) * row_bytes);
        });
      });
      volatile uint64_t keep = sums[0];
      (void)keep;
      const double gb = static_cast<double>(bytes) * 1e-9;
      std::printf("%-6s %8u %9.2f %9.2f %12.2f %6.0f%%\n", t.name, threads, head * 1e3, gb / head,
                  gb / read, 100 * read / head);
    }
  }
  return 0;
}
