// The time of one decode step of a model so small that the call itself weighs: what a caller in C pays,
// for holding a caller in Java to it (DecodeBenchmark, scripts/jmh). One thread.
//
//   step_bench [layers]
//
// The model: width 128, one head, feed-forward 128, vocabulary of 300, F16 head, context of 64 tokens.
// Prints the median and the best of many steps, each timed by itself, as JMH's sample mode does.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bitnet.h"
#include "test/small_model.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int32_t kPosition = 63;
constexpr int kSteps = 100000;

void must(int32_t status, const char* what) {
  if (status == BN_OK) return;
  std::fprintf(stderr, "%s: status %d\n", what, status);
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const uint32_t n_layers = argc > 1 ? static_cast<uint32_t>(std::atoi(argv[1])) : 1;
  const Shape shape = {"step", n_layers, 128,         128,  1, 1, 128, 300, BN_ACTIVATION_RELU2,
                       BN_TYPE_F16, false, BN_LAYOUT_BLOCK_128, false};
  SmallModel source(shape);
  const bn_model_config config = source.config(bn_kernel_best());
  bn_model* model;
  must(bn_model_create(&config, &model, nullptr), "model");
  bn_pool* pool;
  must(bn_pool_create(1, &pool), "pool");
  const std::vector<float> cos = source.rope_table(false), sin = source.rope_table(true);
  const bn_context_config context_config = {sizeof context_config, 64, SmallModel::kPositions, 0,
                                            cos.data(),            sin.data(),
                                            cos.size() * sizeof(float)};
  bn_context* context;
  must(bn_context_create(model, pool, &context_config, &context), "context");
  const bn_kv_config kv_config = {sizeof kv_config, BN_TYPE_F16, 2};
  bn_kv* kv;
  must(bn_kv_create(model, &kv_config, &kv), "kv");
  const int32_t pages[] = {0, 1}, sequence = 0, position = kPosition;
  int32_t token = 0;
  const uint8_t want = 1;
  std::vector<float> logits(shape.n_vocab);
  const bn_batch batch = {sizeof batch, 1, &token, &position, &sequence, pages, 1, 2,
                          &want,        nullptr, 0};
  std::vector<double> nanos;
  for (int step = 0; step < kSteps; ++step) {
    token = step % static_cast<int32_t>(shape.n_vocab);
    const Clock::time_point start = Clock::now();
    must(bn_forward(context, kv, &batch, logits.data(), logits.size() * sizeof(float)), "forward");
    nanos.push_back(std::chrono::duration<double, std::nano>(Clock::now() - start).count());
  }
  std::sort(nanos.begin(), nanos.end());
  std::printf("%u layers: %.0f ns a step (median of %d), %.0f ns at best\n", n_layers,
              nanos[kSteps / 2], kSteps, nanos[0]);
  bn_context_destroy(context);
  bn_kv_destroy(kv);
  bn_pool_destroy(pool);
  bn_model_destroy(model);
}
