// Whole forward passes against the plain reference: the same logits, to the bit, for every build,
// number of threads, chunking, batch composition and KV type.
#include <algorithm>

#include "test/builds.h"
#include "test/compare.h"
#include "test/engine.h"
#include "test/reference_model.h"
#include "test/shapes.h"

namespace {

constexpr uint32_t kLength = 70;  // three pages

std::vector<int32_t> some_tokens(uint32_t n, uint32_t n_vocab, uint32_t seed) {
  Values values(seed);
  std::vector<int32_t> tokens(n);
  for (int32_t& t : tokens) t = values.between(0, static_cast<int>(n_vocab) - 1);
  return tokens;
}

// The reference is slow: each (shape, KV type, sequence) is computed once.
const reference::Trace& expected_trace(const Shape& shape, uint32_t kv_type, uint32_t seed) {
  static std::map<std::tuple<const char*, uint32_t, uint32_t>, reference::Trace> known;
  const auto key = std::make_tuple(shape.name, kv_type, seed);
  auto found = known.find(key);
  if (found == known.end()) {
    const SmallModel model(shape);
    reference::Forward forward(model, kv_type);
    found = known.emplace(key, forward.run(some_tokens(kLength, shape.n_vocab, seed))).first;
  }
  return found->second;
}

const std::vector<float>& expected_logits(const Shape& shape, uint32_t kv_type, uint32_t seed) {
  return expected_trace(shape, kv_type, seed).at({BN_OP_LOGITS, 0});
}

// The CPU's floating-point mode: one that flushes subnormals and rounds towards zero, and the bits that
// are modes rather than flags of what happened.
#if defined(__SSE2__)
constexpr uint64_t kOddFloatMode = 0x8040 | 0x6000, kFloatModeBits = 0xffc0;
uint64_t float_mode() { return __builtin_ia32_stmxcsr(); }
void set_float_mode(uint64_t mode) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(mode)); }
#elif defined(__aarch64__)
constexpr uint64_t kOddFloatMode = 1u << 24 | 3u << 22, kFloatModeBits = ~uint64_t{0};
uint64_t float_mode() {
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
void set_float_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode) : "memory"); }
#endif

}  // namespace

TEST("there is a build to test") { CHECK(!test_builds().empty()); }

TEST("logits equal the reference for every build, threads, chunking and KV type") {
  for (const Shape& shape : kShapes) {
    SmallModel source(shape);
    const RopeTables rope(source);
    const std::vector<int32_t> tokens = some_tokens(kLength, shape.n_vocab, 1);
    for (const TestBuild& build : test_builds()) {
      const ModelHandle model = make_model(source, build.table);
      for (const uint32_t kv_type : {BN_TYPE_F16, BN_TYPE_F32, BN_TYPE_Q8_0}) {
        const std::vector<float>& expected = expected_logits(shape, kv_type, 1);
        for (const uint32_t threads : {1, 2, 3}) {
          const PoolHandle pool = make_pool(threads);
          const ContextHandle context = make_context(model.get(), pool.get(), rope, kLength);
          for (const uint32_t chunk : {kLength, 7u, 1u}) {
            SCOPE("%s; build %s, KV type %u, %u threads, chunks of %u", shape.name, build.label,
                  kv_type, threads, chunk);
            const KvHandle kv = make_kv(model.get(), kv_type, 8);
            std::vector<float> logits;
            for (uint32_t first = 0; first < kLength; first += chunk) {
              Batch batch;
              batch.pages = {6, 1, 3, -1};
              for (uint32_t p = first; p < std::min(first + chunk, kLength); ++p) {
                batch.add(tokens[p], static_cast<int32_t>(p), 0);
              }
              const std::vector<float> rows = run(context.get(), kv.get(), batch, shape.n_vocab);
              logits.insert(logits.end(), rows.begin(), rows.end());
            }
            CHECK_EQ(logits.size(), expected.size());
            CHECK_SAME(logits.data(), expected.data(), expected.size());
          }
        }
      }
    }
  }
}

TEST("a sequence's logits do not depend on the sequences that share its batches") {
  const uint32_t n_sequences = 3;
  for (const Shape& shape : kShapes) {
    SmallModel source(shape);
    const RopeTables rope(source);
    std::vector<std::vector<int32_t>> tokens;
    for (uint32_t s = 0; s < n_sequences; ++s) {
      tokens.push_back(some_tokens(kLength, shape.n_vocab, s + 1));
    }
    for (const TestBuild& build : test_builds()) {
      SCOPE("%s; build %s", shape.name, build.label);
      const ModelHandle model = make_model(source, build.table);
      const PoolHandle pool = make_pool(2);
      const ContextHandle context = make_context(model.get(), pool.get(), rope, 40);
      const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 12);
      std::vector<std::vector<float>> logits(n_sequences);
      uint32_t done[n_sequences] = {};
      // Batches of random make-up until all sequences are through, their tokens interleaved.
      Values values(99);
      while (done[0] + done[1] + done[2] < n_sequences * kLength) {
        Batch batch;
        batch.n_sequences = n_sequences;
        batch.pages = {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11};
        const int size = values.between(1, 40);
        for (int i = 0; i < size; ++i) {
          const uint32_t s = static_cast<uint32_t>(values.between(0, n_sequences - 1));
          if (done[s] == kLength) continue;
          batch.add(tokens[s][done[s]], static_cast<int32_t>(done[s]), static_cast<int32_t>(s));
          ++done[s];
        }
        if (batch.tokens.empty()) continue;
        const std::vector<float> rows = run(context.get(), kv.get(), batch, shape.n_vocab);
        for (uint64_t i = 0; i < batch.tokens.size(); ++i) {
          std::vector<float>& to = logits[static_cast<uint32_t>(batch.sequences[i])];
          to.insert(to.end(), rows.begin() + static_cast<long>(i * shape.n_vocab),
                    rows.begin() + static_cast<long>((i + 1) * shape.n_vocab));
        }
      }
      for (uint32_t s = 0; s < n_sequences; ++s) {
        SCOPE("sequence %u", s);
        const std::vector<float>& expected = expected_logits(shape, BN_TYPE_F16, s + 1);
        CHECK_EQ(logits[s].size(), expected.size());
        CHECK_SAME(logits[s].data(), expected.data(), expected.size());
      }
    }
  }
}

TEST("taps show every step of the pass as the reference computes it") {
  for (const Shape& shape : kShapes) {
    SmallModel source(shape);
    const RopeTables rope(source);
    const std::vector<int32_t> tokens = some_tokens(kLength, shape.n_vocab, 1);
    const reference::Trace& expected = expected_trace(shape, BN_TYPE_F32, 1);
    CHECK_EQ(expected.size(), uint64_t{17} * shape.n_layers + 3);
    for (const TestBuild& build : test_builds()) {
      const ModelHandle model = make_model(source, build.table);
      const PoolHandle pool = make_pool(2);
      const ContextHandle context = make_context(model.get(), pool.get(), rope, kLength);
      const KvHandle kv = make_kv(model.get(), BN_TYPE_F32, 4);
      Batch batch;
      batch.pages = {0, 1, 2, 3};
      for (uint32_t p = 0; p < kLength; ++p) batch.add(tokens[p], static_cast<int32_t>(p), 0);
      std::vector<std::vector<float>> buffers;
      for (const auto& [step, values] : expected) buffers.emplace_back(values.size(), -1.0f);
      uint64_t i = 0;
      for (const auto& [step, values] : expected) {
        batch.taps.push_back(
            {step.first, step.second, buffers[i].data(), values.size() * sizeof(float)});
        ++i;
      }
      run(context.get(), kv.get(), batch, shape.n_vocab);
      i = 0;
      for (const auto& [step, values] : expected) {
        SCOPE("%s; build %s, op %u, layer %u", shape.name, build.label, step.first, step.second);
        CHECK_SAME(buffers[i].data(), values.data(), values.size());
        ++i;
      }
    }
  }
}

TEST("only wanted tokens get logits, in batch order, and an unwanted batch needs no buffer") {
  const Shape& shape = kShapes[0];
  SmallModel source(shape);
  const RopeTables rope(source);
  const std::vector<int32_t> tokens = some_tokens(kLength, shape.n_vocab, 1);
  const std::vector<float>& all = expected_logits(shape, BN_TYPE_F16, 1);
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    const ModelHandle model = make_model(source, build.table);
    const PoolHandle pool = make_pool(2);
    const ContextHandle context = make_context(model.get(), pool.get(), rope, kLength);
    const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 4);
    Batch first;
    first.pages = {0, 1, 2, 3};
    for (int32_t p = 0; p < 10; ++p) first.add(tokens[static_cast<uint32_t>(p)], p, 0, false);
    bn_batch view = first.view();
    CHECK_EQ(bn_forward(context.get(), kv.get(), &view, nullptr, 0), BN_OK);
    view.want_logits = nullptr;  // NULL means the same; the positions are computed again
    CHECK_EQ(bn_forward(context.get(), kv.get(), &view, nullptr, 0), BN_OK);

    Batch second;
    second.pages = first.pages;
    std::vector<float> expected;
    for (int32_t p = 10; p < 30; ++p) {
      const bool wants = p % 3 == 1 || p == 29;
      second.add(tokens[static_cast<uint32_t>(p)], p, 0, wants);
      if (wants) expected.insert(expected.end(), &all[p * shape.n_vocab], &all[(p + 1) * shape.n_vocab]);
    }
    const std::vector<float> logits = run(context.get(), kv.get(), second, shape.n_vocab);
    CHECK_EQ(logits.size(), expected.size());
    CHECK_SAME(logits.data(), expected.data(), expected.size());
  }
}

TEST("a sequence forked by copying its last page continues like the original") {
  const Shape& shape = kShapes[0];
  SmallModel source(shape);
  const RopeTables rope(source);
  const std::vector<int32_t> tokens = some_tokens(kLength, shape.n_vocab, 1);
  const std::vector<float>& all = expected_logits(shape, BN_TYPE_F16, 1);
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    const ModelHandle model = make_model(source, build.table);
    const PoolHandle pool = make_pool(2);
    const ContextHandle context = make_context(model.get(), pool.get(), rope, kLength);
    const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 8);
    const KvHandle other = make_kv(model.get(), BN_TYPE_F16, 8);
    const uint32_t prefix = 45;  // one whole page, shared, and a part of the second, copied
    Batch batch;
    batch.pages = {0, 1, 2, 3};
    for (uint32_t p = 0; p < prefix; ++p) batch.add(tokens[p], static_cast<int32_t>(p), 0, false);
    const bn_batch view = batch.view();
    CHECK_EQ(bn_forward(context.get(), kv.get(), &view, nullptr, 0), BN_OK);
    CHECK_EQ(bn_kv_copy_page(kv.get(), 5, kv.get(), 1), BN_OK);
    CHECK_EQ(bn_kv_copy_page(other.get(), 7, kv.get(), 0), BN_OK);
    CHECK_EQ(bn_kv_copy_page(other.get(), 2, kv.get(), 1), BN_OK);

    // The original goes another way in the same batch as the fork, reading page 0 together.
    Batch both;
    both.n_sequences = 2;
    both.pages = {0, 1, 2, 3, 0, 5, 6, 4};
    for (uint32_t p = prefix; p < kLength; ++p) {
      both.add((tokens[p] + 1) % static_cast<int32_t>(shape.n_vocab), static_cast<int32_t>(p), 0, false);
      both.add(tokens[p], static_cast<int32_t>(p), 1);
    }
    const std::vector<float> forked = run(context.get(), kv.get(), both, shape.n_vocab);
    CHECK_SAME(forked.data(), &all[prefix * shape.n_vocab], (kLength - prefix) * shape.n_vocab);

    Batch elsewhere;
    elsewhere.pages = {7, 2, 0, 1};
    for (uint32_t p = prefix; p < kLength; ++p) elsewhere.add(tokens[p], static_cast<int32_t>(p), 0);
    const std::vector<float> copied = run(context.get(), other.get(), elsewhere, shape.n_vocab);
    CHECK_SAME(copied.data(), &all[prefix * shape.n_vocab], (kLength - prefix) * shape.n_vocab);
  }
}

TEST("a sequence rewound to an earlier position computes what it would have from there") {
  const Shape& shape = kShapes[0];
  SmallModel source(shape);
  const RopeTables rope(source);
  const std::vector<int32_t> tokens = some_tokens(kLength, shape.n_vocab, 1);
  const std::vector<int32_t> detour = some_tokens(kLength, shape.n_vocab, 8);
  const std::vector<float>& all = expected_logits(shape, BN_TYPE_F16, 1);
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    const ModelHandle model = make_model(source, build.table);
    const PoolHandle pool = make_pool(1);
    const ContextHandle context = make_context(model.get(), pool.get(), rope, kLength);
    const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 4);
    const int32_t turn = 20;
    for (const bool straight : {false, true}) {
      Batch batch;
      batch.pages = {3, 2, 1, 0};
      for (int32_t p = straight ? turn : 0; p < static_cast<int32_t>(kLength); ++p) {
        const auto i = static_cast<uint32_t>(p);
        batch.add(straight || p < turn ? tokens[i] : detour[i], p, 0);
      }
      const std::vector<float> logits = run(context.get(), kv.get(), batch, shape.n_vocab);
      if (straight) CHECK_SAME(logits.data(), &all[turn * shape.n_vocab], logits.size());
    }
  }
}

TEST("a caller's flush-to-zero mode changes nothing and is given back") {
#if defined(__SSE2__) || defined(__aarch64__)
  const Shape& shape = kShapes[0];
  SmallModel source(shape);
  const RopeTables rope(source);
  const std::vector<int32_t> tokens = some_tokens(kLength, shape.n_vocab, 1);
  const std::vector<float>& all = expected_logits(shape, BN_TYPE_F16, 1);
  for (const TestBuild& build : test_builds()) {
    const ModelHandle model = make_model(source, build.table);
    const PoolHandle pool = make_pool(2);
    const ContextHandle context = make_context(model.get(), pool.get(), rope, kLength);
    const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 4);
    Batch batch;
    batch.pages = {0, 1, 2, 3};
    for (uint32_t p = 0; p < kLength; ++p) batch.add(tokens[p], static_cast<int32_t>(p), 0);
    const uint64_t before = float_mode();
    const uint64_t odd = before | kOddFloatMode;
    set_float_mode(odd);
    const std::vector<float> logits = run(context.get(), kv.get(), batch, shape.n_vocab);
    const uint64_t after = float_mode();
    set_float_mode(before);
    CHECK_EQ(after & kFloatModeBits, odd & kFloatModeBits);
    CHECK_SAME(logits.data(), all.data(), all.size());
  }
#else
  SKIP("this CPU has no such mode");
#endif
}
