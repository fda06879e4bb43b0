// The measurements of the machine's limits: what they refuse, and that they measure.
#include <cmath>

#include "kernels/streams.h"
#include "runtime/array.h"
#include "test/engine.h"

namespace {

constexpr double kUntouched = -1;
constexpr uint64_t kBytes = uint64_t{1} << 20;

}  // namespace

TEST("the read bandwidth is a positive number, with one thread and with several") {
  for (const uint32_t threads : {1, 3}) {
    const PoolHandle pool = make_pool(threads);
    double rate = kUntouched;
    CHECK_EQ(bn_measure_read_bandwidth(pool.get(), kBytes, &rate), BN_OK);
    CHECK(std::isfinite(rate) && rate > 0);
  }
}

TEST("every word is read that the read bandwidth counts") {
  for (const uint64_t lines : {1, 3, 4, 5, 64, 1003}) {
    SCOPE("%d lines", static_cast<int>(lines));
    bitnet::Array<uint64_t> words;
    REQUIRE(words.allocate(lines * 8));
    uint64_t sum = 0;
    for (uint64_t i = 0; i < lines * 8; ++i) sum += words[i] = i * 0x9e3779b97f4a7c15u;
    CHECK_EQ(bitnet::sum_words(words.data(), lines * 64), sum);
  }
}

TEST("the smallest buffer is one line of 64 bytes") {
  const PoolHandle pool = make_pool(1);
  double rate = kUntouched;
  CHECK_EQ(bn_measure_read_bandwidth(pool.get(), 64, &rate), BN_OK);
  for (const uint64_t bytes : {uint64_t{0}, uint64_t{1}, uint64_t{63}, uint64_t{65}, kBytes + 8}) {
    rate = kUntouched;
    CHECK_EQ(bn_measure_read_bandwidth(pool.get(), bytes, &rate), BN_ERROR_ARGUMENT);
    CHECK_EQ(rate, kUntouched);
  }
}

TEST("a buffer that no memory holds is refused") {
  const PoolHandle pool = make_pool(1);
  double rate = kUntouched;
  CHECK_EQ(bn_measure_read_bandwidth(pool.get(), uint64_t{1} << 62, &rate),
           BN_ERROR_OUT_OF_MEMORY);
  CHECK_EQ(rate, kUntouched);
}

TEST("every build's multiply-adds are a positive number") {
  const PoolHandle pool = make_pool(2);
  for (uint32_t kernel = 0; kernel < bn_kernel_count(); ++kernel) {
    bn_kernel_info info = {};
    info.size = sizeof info;
    REQUIRE(bn_kernel_describe(kernel, &info) == BN_OK);
    SCOPE("build %s", info.name);
    double rate = kUntouched;
    const int32_t status = bn_measure_multiply_adds(kernel, pool.get(), &rate);
    if (info.runnable == 0) {
      CHECK_EQ(status, BN_ERROR_KERNEL_NOT_RUNNABLE);
      CHECK_EQ(rate, kUntouched);
    } else {
      CHECK_EQ(status, BN_OK);
      CHECK(std::isfinite(rate) && rate > 0);
    }
  }
}

TEST("a missing pool, result or build is refused") {
  const PoolHandle pool = make_pool(1);
  double rate = kUntouched;
  CHECK_EQ(bn_measure_read_bandwidth(nullptr, kBytes, &rate), BN_ERROR_NULL);
  CHECK_EQ(bn_measure_read_bandwidth(pool.get(), kBytes, nullptr), BN_ERROR_NULL);
  CHECK_EQ(bn_measure_multiply_adds(0, nullptr, &rate), BN_ERROR_NULL);
  CHECK_EQ(bn_measure_multiply_adds(0, pool.get(), nullptr), BN_ERROR_NULL);
  CHECK_EQ(bn_measure_multiply_adds(bn_kernel_count(), pool.get(), &rate),
           BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(rate, kUntouched);
}
