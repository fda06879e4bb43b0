// The screened head on a random F16 head in the shape of BitNet b1.58 2B-4T: how many rows it computes for
// logits of several distributions, what that saves, and both heads' times.
//
//   screen_bench [threads] [tokens]
//
// With several tokens, whose heads are computed together, rows are those of one token on average.
// Every result is compared with the full head (exit status 1 when one of the highest differs). The best of
// several runs counts: other work on the machine only ever slows one down.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "kernels/registry.h"
#include "runtime/screened_head.h"

using namespace bitnet;

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kRows = 128256, kCols = 2560, kCandidates = 60, kInputs = 5;
constexpr double kWeightDeviation = 0.03;

struct Distribution {
  const char* name;
  double best;      // standard deviations of the best logit above the mean; 0: as chance has it
  double outliers;  // factor on four of the inputs
};

constexpr Distribution kDistributions[] = {
    {"as chance has it", 0, 1},     {"best 8 deviations up", 8, 1}, {"best 10 deviations up", 10, 1},
    {"best 12 deviations up", 12, 1}, {"by chance, x with outliers", 0, 40},
};

struct Bench {
  explicit Bench(const StoredHead& h) : head(h) {}

  StoredHead head;
  std::mt19937 random{1};
  std::normal_distribution<float> normal;

  // An input whose logits have a best one and other candidates between it and 4.5 deviations, falling as
  // the logarithm of their rank.
  std::vector<float> input(const Distribution& d) {
    std::vector<float> x(kCols), row(kCols);
    for (float& f : x) f = normal(random);
    for (uint64_t i = 0; i < 4; ++i) x[600 * i + 3] *= static_cast<float>(d.outliers);
    if (d.best == 0) return x;
    std::vector<uint64_t> rows(kCandidates);
    for (uint64_t& r : rows) r = random() % kRows;
    for (int round = 0; round < 6; ++round) {  // as each moves the others a little
      for (uint64_t c = 0; c < kCandidates; ++c) {
        const double second = d.best * 0.8;
        const double rank = std::log1p(static_cast<double>(c)) / std::log1p(double{kCandidates});
        const double wanted = c == 0 ? d.best : second - (second - 4.5) * rank;
        head.kernel.widen(head.type, head.data + rows[c] * head.row_bytes, kCols, row.data());
        double squares = 0, product = 0, norm = 0;
        for (uint64_t i = 0; i < kCols; ++i) {
          const double w = static_cast<double>(row[i]), f = static_cast<double>(x[i]);
          norm += w * w;
          product += w * f;
          squares += f * f;
        }
        const double step = (wanted * kWeightDeviation * std::sqrt(squares) - product) / norm;
        for (uint64_t i = 0; i < kCols; ++i) x[i] += static_cast<float>(step) * row[i];
      }
    }
    return x;
  }
};

// Whether the k highest logits are the full head's. Adds to *best how many standard deviations the highest is
// above the mean.
bool compare(const float* full, const float* logits, uint64_t k, double* best) {
  double sum = 0, squares = 0;
  for (uint64_t r = 0; r < kRows; ++r) {
    sum += static_cast<double>(full[r]);
    squares += static_cast<double>(full[r]) * static_cast<double>(full[r]);
  }
  const double mean = sum / kRows, deviation = std::sqrt(squares / kRows - mean * mean);
  std::vector<float> sorted(full, full + kRows);
  std::partial_sort(sorted.begin(), sorted.begin() + static_cast<int64_t>(k), sorted.end(),
                    std::greater<float>());
  *best += (static_cast<double>(sorted[0]) - mean) / deviation;
  for (uint64_t r = 0; r < kRows; ++r) {
    if (full[r] >= sorted[k - 1] && std::memcmp(&full[r], &logits[r], sizeof(float)) != 0) return false;
  }
  return true;
}

template <typename F>
double best_millis(const F& f) {
  double best = 1e18;
  for (int i = 0; i < 5; ++i) {
    const Clock::time_point start = Clock::now();
    f();
    best = std::fmin(best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const int n_threads = argc > 1 ? std::atoi(argv[1]) : 1;
  bn_pool* pool;
  if (n_threads < 1 || bn_pool_create(static_cast<uint32_t>(n_threads), &pool) != BN_OK) {
    std::fprintf(stderr, "not a number of threads: %s\n", argv[1]);
    return 1;
  }
  const int arg_tokens = argc > 2 ? std::atoi(argv[2]) : 1;
  if (arg_tokens < 1) {
    std::fprintf(stderr, "not a number of tokens: %s\n", argv[2]);
    return 1;
  }
  const uint64_t n_tokens = static_cast<uint64_t>(arg_tokens);
  const KernelTable& kernel = kernel_at(kernel_best());
  std::vector<uint16_t> weights(kRows * kCols);
  {
    Bench source({kernel, BN_TYPE_F16, nullptr, kRows, kCols, 2 * kCols});
    std::vector<float> some(1 << 16);
    for (float& f : some) f = static_cast<float>(kWeightDeviation) * source.normal(source.random);
    std::vector<uint16_t> halves(some.size());
    kernel.narrow_f16(some.data(), some.size(), halves.data());
    uint64_t state = 1;
    for (uint16_t& w : weights) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      w = halves[state >> 48];
    }
  }
  Bench bench({kernel, BN_TYPE_F16, reinterpret_cast<const uint8_t*>(weights.data()), kRows, kCols,
               2 * kCols});
  ScreenedHead screened;
  const Clock::time_point start = Clock::now();
  Screening screening;
  if (screened.build(bench.head, pool) != BN_OK || !screening.allocate(kRows, kCols, n_tokens)) {
    std::fprintf(stderr, "out of memory\n");
    return 1;
  }
  std::printf("%s, %d threads, %d tokens; %.0f MB copied in %.2f s\n", kernel.name, n_threads, arg_tokens,
              static_cast<double>(screened.bytes()) * 1e-6,
              std::chrono::duration<double>(Clock::now() - start).count());
  std::printf("%-28s %3s %8s %8s %8s %9s %9s\n", "logits", "k", "best", "rows", "bytes", "full ms",
              "screened");
  bool right = true;
  PoolLease threads(pool);
  std::vector<float> x, full(n_tokens * kRows), logits(n_tokens * kRows);
  for (const Distribution& d : kDistributions) {
    for (const uint64_t k : {1, 40}) {
      double best = 0, rows = 0, full_millis = 1e18, screened_millis = 1e18;
      for (uint64_t n = 0; n < kInputs; ++n) {
        x.clear();
        for (uint64_t t = 0; t < n_tokens; ++t) {
          const std::vector<float> one = bench.input(d);
          x.insert(x.end(), one.begin(), one.end());
        }
        full_millis = std::fmin(full_millis, best_millis([&] {
          bench.head.compute(x.data(), n_tokens, &threads, full.data());
        }));
        uint64_t computed = 0;
        screened_millis = std::fmin(screened_millis, best_millis([&] {
          computed = screening.run(screened, bench.head, x.data(), n_tokens, k, &threads, logits.data());
        }));
        rows += static_cast<double>(computed) / static_cast<double>(n_tokens * kInputs);
        for (uint64_t t = 0; t < n_tokens; ++t) {
          right &= compare(&full[t * kRows], &logits[t * kRows], k, &best);
        }
      }
      best /= static_cast<double>(n_tokens * kInputs);
      const double bytes = static_cast<double>(screened.bytes()) + rows * 2 * kCols;
      std::printf("%-28s %3llu %8.1f %8.0f %7.1f%% %9.2f %9.2f\n", d.name,
                  static_cast<unsigned long long>(k), best, rows,
                  100 * bytes / static_cast<double>(2 * kRows * kCols), full_millis, screened_millis);
    }
  }
  if (!right) std::printf("WRONG: one of the highest logits differs from the full head's\n");
  bn_pool_destroy(pool);
  return right ? 0 : 1;
}
