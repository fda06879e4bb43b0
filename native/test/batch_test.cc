// KV stores, contexts and batches with one thing wrong: the documented status, and neither logits,
// nor taps, nor a page changes.
#include <cstring>
#include <functional>

#include "runtime/context.h"
#include "test/engine.h"
#include "test/shapes.h"

namespace {

// A model with a context, a store of 8 pages and 40 tokens of one sequence already processed.
struct Fixture {
  Fixture()
      : source(kShapes[0]),
        rope(source),
        model(make_model(source, &bitnet::kernel_at(bitnet::kernel_best()))),
        pool(make_pool(2)),
        context(make_context(model.get(), pool.get(), rope, 16)),
        kv(make_kv(model.get(), BN_TYPE_F16, 8)) {
    for (int32_t first = 0; first < 40; first += 10) {
      Batch batch;
      batch.pages = {0, 1, -1, -1};
      for (int32_t p = first; p < first + 10; ++p) batch.add(p, p, 0, false);
      run(context.get(), kv.get(), batch, n_vocab());
    }
  }

  uint32_t n_vocab() const { return source.shape.n_vocab; }

  // Two sequences that share page 0, read-only: token 40 of the old one and of its fork.
  Batch good() const {
    Batch batch;
    batch.n_sequences = 2;
    batch.pages = {0, 1, -1, -1, 0, 2, -1, -1};
    batch.add(3, 40, 0);
    batch.add(4, 40, 1);
    batch.add(5, 41, 0);
    return batch;
  }

  SmallModel source;
  RopeTables rope;
  ModelHandle model;
  PoolHandle pool;
  ContextHandle context;
  KvHandle kv;
};

}  // namespace

TEST("the batch that the wrong ones are made from is right") {
  Fixture f;
  const std::vector<float> logits = run(f.context.get(), f.kv.get(), f.good(), f.n_vocab());
  CHECK_EQ(logits.size(), 3u * f.n_vocab());
}

TEST("a wrong batch gives its status and changes nothing") {
  struct Case {
    const char* what;
    int32_t status;
    std::function<void(Batch&)> spoil;                    // of the vectors
    std::function<void(bn_batch&)> spoil_view = nullptr;  // of the struct made from them
  };
  Fixture f;
  float tap_data[3 * 128];
  const int32_t vocab = static_cast<int32_t>(f.n_vocab());
  const auto keep = [](Batch&) {};
  const std::vector<Case> cases = {
      {"size", BN_ERROR_STRUCT_SIZE, keep, [](bn_batch& b) { b.size += 8; }},
      {"no tokens", BN_ERROR_ARGUMENT, keep, [](bn_batch& b) { b.n_tokens = 0; }},
      {"too many tokens", BN_ERROR_ARGUMENT, keep, [](bn_batch& b) { b.n_tokens = 17; }},
      {"reserved set", BN_ERROR_ARGUMENT, keep, [](bn_batch& b) { b.reserved = 1; }},
      {"no sequences", BN_ERROR_ARGUMENT, keep, [](bn_batch& b) { b.n_sequences = 0; }},
      {"no pages per sequence", BN_ERROR_ARGUMENT, keep,
       [](bn_batch& b) { b.pages_per_sequence = 0; }},
      {"tokens NULL", BN_ERROR_NULL, keep, [](bn_batch& b) { b.tokens = nullptr; }},
      {"positions NULL", BN_ERROR_NULL, keep, [](bn_batch& b) { b.positions = nullptr; }},
      {"sequences NULL", BN_ERROR_NULL, keep, [](bn_batch& b) { b.sequences = nullptr; }},
      {"pages NULL", BN_ERROR_NULL, keep, [](bn_batch& b) { b.pages = nullptr; }},
      {"token -1", BN_ERROR_TOKEN, [](Batch& b) { b.tokens[1] = -1; }},
      {"token n_vocab", BN_ERROR_TOKEN, [vocab](Batch& b) { b.tokens[2] = vocab; }},
      {"token INT32_MIN", BN_ERROR_TOKEN, [](Batch& b) { b.tokens[0] = INT32_MIN; }},
      {"position -1", BN_ERROR_POSITION, [](Batch& b) { b.positions[0] = -1; }},
      {"position beyond the context", BN_ERROR_POSITION,
       [](Batch& b) { b.positions[1] = static_cast<int32_t>(SmallModel::kPositions); }},
      {"position repeated", BN_ERROR_POSITION, [](Batch& b) { b.positions[2] = 40; }},
      {"position skipped", BN_ERROR_POSITION, [](Batch& b) { b.positions[2] = 42; }},
      {"position descending", BN_ERROR_POSITION, [](Batch& b) { b.positions[2] = 39; }},
      {"sequence -1", BN_ERROR_SEQUENCE, [](Batch& b) { b.sequences[0] = -1; }},
      {"sequence beyond the table", BN_ERROR_SEQUENCE, [](Batch& b) { b.sequences[1] = 2; }},
      {"position beyond the page table", BN_ERROR_PAGE,
       [](Batch& b) { b.pages_per_sequence = 1; }},
      {"page missing", BN_ERROR_PAGE, [](Batch& b) { b.pages[1] = -1; }},
      {"page outside the store", BN_ERROR_PAGE, [](Batch& b) { b.pages[5] = 8; }},
      {"page INT32_MIN", BN_ERROR_PAGE, [](Batch& b) { b.pages[5] = INT32_MIN; }},
      {"earlier page missing", BN_ERROR_PAGE, [](Batch& b) { b.pages[0] = -1; }},
      {"earlier page outside the store", BN_ERROR_PAGE, [](Batch& b) { b.pages[4] = 1 << 30; }},
      {"page written by both", BN_ERROR_PAGE, [](Batch& b) { b.pages[5] = 1; }},
      {"page written by one and read by the other", BN_ERROR_PAGE,
       [](Batch& b) { b.pages[4] = 1; }},
      {"page twice in one sequence", BN_ERROR_PAGE, [](Batch& b) { b.pages[0] = 1; }},
      {"want_logits 2", BN_ERROR_ARGUMENT, [](Batch& b) { b.want[1] = 2; }},
      {"taps NULL", BN_ERROR_NULL, keep, [](bn_batch& b) { b.taps_bytes = sizeof(bn_tap); }},
      {"taps_bytes", BN_ERROR_ARGUMENT, keep, [](bn_batch& b) { b.taps_bytes = 1; }},
      {"tap of an unknown op", BN_ERROR_ARGUMENT,
       [&](Batch& b) { b.taps = {{BN_OP_COUNT, 0, tap_data, sizeof tap_data}}; }},
      {"tap of an unknown layer", BN_ERROR_ARGUMENT,
       [&](Batch& b) { b.taps = {{BN_OP_Q, 2, tap_data, sizeof tap_data}}; }},
      {"tap of a layer where there is none", BN_ERROR_ARGUMENT,
       [&](Batch& b) { b.taps = {{BN_OP_EMBEDDING, 1, tap_data, sizeof tap_data}}; }},
      {"tap without a buffer", BN_ERROR_NULL,
       [](Batch& b) { b.taps = {{BN_OP_Q, 1, nullptr, 1 << 20}}; }},
      {"tap with a small buffer", BN_ERROR_BUFFER_TOO_SMALL,
       [&](Batch& b) {
         b.taps = {{BN_OP_EMBEDDING, 0, tap_data, sizeof tap_data},
                   {BN_OP_Q, 1, tap_data, sizeof tap_data - 1}};
       }},
  };
  const uint64_t store_bytes = 8 * bn_kv_page_bytes(f.kv.get());
  for (const Case& c : cases) {
    SCOPE("%s", c.what);
    Batch batch = f.good();
    c.spoil(batch);
    bn_batch view = batch.view();
    if (c.spoil_view) c.spoil_view(view);
    const std::vector<uint8_t> pages(f.kv->pages.data(), f.kv->pages.data() + store_bytes);
    std::vector<float> logits(3 * f.n_vocab(), -5.0f);
    const std::vector<float> untouched = logits;
    for (float& t : tap_data) t = -5;
    CHECK_EQ(bn_forward(f.context.get(), f.kv.get(), &view, logits.data(), logits.size() * 4),
             c.status);
    CHECK(logits == untouched);
    for (const float t : tap_data) {
      if (t != -5) CHECK_EQ(t, -5.0f);
    }
    CHECK(std::memcmp(pages.data(), f.kv->pages.data(), store_bytes) == 0);
  }
}

TEST("the arguments around a batch are checked too") {
  Fixture f;
  const Batch batch = f.good();
  const bn_batch view = batch.view();
  std::vector<float> logits(3 * f.n_vocab(), -5.0f);
  const std::vector<float> untouched = logits;
  const uint64_t bytes = logits.size() * 4;
  CHECK_EQ(bn_forward(nullptr, f.kv.get(), &view, logits.data(), bytes), BN_ERROR_NULL);
  CHECK_EQ(bn_forward(f.context.get(), nullptr, &view, logits.data(), bytes), BN_ERROR_NULL);
  CHECK_EQ(bn_forward(f.context.get(), f.kv.get(), nullptr, logits.data(), bytes), BN_ERROR_NULL);
  CHECK_EQ(bn_forward(f.context.get(), f.kv.get(), &view, nullptr, bytes), BN_ERROR_NULL);
  CHECK_EQ(bn_forward(f.context.get(), f.kv.get(), &view, logits.data(), bytes - 1),
           BN_ERROR_BUFFER_TOO_SMALL);
  const ModelHandle other = make_model(f.source, &bitnet::kernel_at(0));
  const KvHandle foreign = make_kv(other.get(), BN_TYPE_F16, 8);
  CHECK_EQ(bn_forward(f.context.get(), foreign.get(), &view, logits.data(), bytes),
           BN_ERROR_MISMATCH);
  CHECK(logits == untouched);
}

TEST("KV stores check their configuration, and copies their pages") {
  Fixture f;
  bn_kv* const untouched = reinterpret_cast<bn_kv*>(0x1234);
  const auto create = [&](const bn_model* model, uint32_t size, uint32_t type, uint32_t n_pages) {
    const bn_kv_config config = {size, type, n_pages};
    bn_kv* kv = untouched;
    const int32_t status = bn_kv_create(model, &config, &kv);
    if (status == BN_OK) {
      bn_kv_destroy(kv);
    } else {
      CHECK(kv == untouched);
    }
    return status;
  };
  constexpr uint32_t size = sizeof(bn_kv_config);
  CHECK_EQ(create(f.model.get(), size, BN_TYPE_F32, 1), BN_OK);
  CHECK_EQ(create(nullptr, size, BN_TYPE_F32, 1), BN_ERROR_NULL);
  CHECK_EQ(create(f.model.get(), size - 1, BN_TYPE_F32, 1), BN_ERROR_STRUCT_SIZE);
  CHECK_EQ(create(f.model.get(), size, BN_TYPE_BF16, 1), BN_ERROR_ARGUMENT);
  CHECK_EQ(create(f.model.get(), size, BN_TYPE_F32, 0), BN_ERROR_ARGUMENT);
  CHECK_EQ(create(f.model.get(), size, BN_TYPE_F32, (1u << 24) + 1), BN_ERROR_ARGUMENT);
  const bn_kv_config config = {size, BN_TYPE_F16, 1};
  bn_kv* kv = nullptr;
  CHECK_EQ(bn_kv_create(f.model.get(), nullptr, &kv), BN_ERROR_NULL);
  CHECK_EQ(bn_kv_create(f.model.get(), &config, nullptr), BN_ERROR_NULL);

  // 2 layers, 2 KV heads, keys and values, 32 positions of 32 halves.
  CHECK_EQ(bn_kv_page_bytes(f.kv.get()), 2u * 2 * 2 * 32 * 32 * 2);
  const KvHandle wide = make_kv(f.model.get(), BN_TYPE_F32, 4);
  CHECK_EQ(bn_kv_page_bytes(wide.get()), 2u * 2 * 2 * 32 * 32 * 4);

  const KvHandle small = make_kv(f.model.get(), BN_TYPE_Q8_0, 4);
  CHECK_EQ(bn_kv_page_bytes(small.get()), 2u * 2 * 2 * 32 * (2 + 32));

  const KvHandle to = make_kv(f.model.get(), BN_TYPE_F16, 4);
  const ModelHandle other = make_model(f.source, &bitnet::kernel_at(0));
  const KvHandle foreign = make_kv(other.get(), BN_TYPE_F16, 4);
  CHECK_EQ(bn_kv_copy_page(to.get(), 3, f.kv.get(), 7), BN_OK);
  CHECK_EQ(bn_kv_copy_page(to.get(), 3, to.get(), 3), BN_OK);
  CHECK_EQ(bn_kv_copy_page(to.get(), 4, f.kv.get(), 0), BN_ERROR_PAGE);
  CHECK_EQ(bn_kv_copy_page(to.get(), 0, f.kv.get(), 8), BN_ERROR_PAGE);
  CHECK_EQ(bn_kv_copy_page(nullptr, 0, f.kv.get(), 0), BN_ERROR_NULL);
  CHECK_EQ(bn_kv_copy_page(to.get(), 0, nullptr, 0), BN_ERROR_NULL);
  CHECK_EQ(bn_kv_copy_page(to.get(), 0, wide.get(), 0), BN_ERROR_MISMATCH);
  CHECK_EQ(bn_kv_copy_page(to.get(), 0, foreign.get(), 0), BN_ERROR_MISMATCH);
}

TEST("contexts check their configuration") {
  Fixture f;
  using Config = bn_context_config;
  struct Case {
    const char* what;
    int32_t status;
    std::function<void(Config&)> spoil;
  };
  const std::vector<Case> cases = {
      {"nothing wrong", BN_OK, [](Config&) {}},
      {"size", BN_ERROR_STRUCT_SIZE, [](Config& c) { c.size = 0; }},
      {"no batch", BN_ERROR_ARGUMENT, [](Config& c) { c.max_batch_tokens = 0; }},
      {"huge batch", BN_ERROR_ARGUMENT, [](Config& c) { c.max_batch_tokens = 65537; }},
      {"no positions", BN_ERROR_ARGUMENT, [](Config& c) { c.max_positions = 0; }},
      {"huge positions", BN_ERROR_ARGUMENT, [](Config& c) { c.max_positions = (1 << 24) + 1; }},
      {"reserved", BN_ERROR_ARGUMENT, [](Config& c) { c.reserved = 1; }},
      {"cos NULL", BN_ERROR_NULL, [](Config& c) { c.rope_cos = nullptr; }},
      {"sin NULL", BN_ERROR_NULL, [](Config& c) { c.rope_sin = nullptr; }},
      {"tables too small", BN_ERROR_BUFFER_TOO_SMALL, [](Config& c) { c.rope_bytes -= 1; }},
  };
  for (const Case& c : cases) {
    SCOPE("%s", c.what);
    Config config = {sizeof(Config), 16, SmallModel::kPositions, 0, f.rope.cos.data(),
                     f.rope.sin.data(), f.rope.cos.size() * 4};
    c.spoil(config);
    bn_context* const untouched = reinterpret_cast<bn_context*>(0x1234);
    bn_context* context = untouched;
    CHECK_EQ(bn_context_create(f.model.get(), f.pool.get(), &config, &context), c.status);
    if (c.status == BN_OK) {
      CHECK(bn_context_bytes(context) > 16u * 4 * 128);
      bn_context_destroy(context);
    } else {
      CHECK(context == untouched);
    }
  }
  bn_context* context = nullptr;
  CHECK_EQ(bn_context_create(nullptr, f.pool.get(), nullptr, &context), BN_ERROR_NULL);
}

TEST("a context takes the scratch that is told before it is made") {
  for (const Shape& shape : kShapes) {
    SmallModel source(shape);
    const RopeTables rope(source);
    for (uint32_t kernel = 0; kernel < bn_kernel_count(); ++kernel) {
      if (!bitnet::kernel_runnable(kernel)) continue;
      for (const uint32_t threads : {1u, 3u}) {
        const PoolHandle pool = make_pool(threads);
        for (const uint32_t screened : {0u, 1u}) {
          if (screened == 1 && shape.embd_type == BN_TYPE_Q6_K) continue;  // cannot be screened
          const ModelHandle model = make_model(source, &bitnet::kernel_at(kernel));
          if (screened == 1) CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_OK);
          for (const uint32_t tokens : {1u, 7u, 64u}) {
            SCOPE("%s, %s, %u threads, screened %u, %u tokens", shape.name,
                  bitnet::kernel_at(kernel).name, threads, screened, tokens);
            const ContextHandle context = make_context(model.get(), pool.get(), rope, tokens);
            uint64_t bytes = 0;
            CHECK_EQ(bn_context_bytes_for(&model->hparams, kernel, threads, tokens,
                                          SmallModel::kPositions, screened, &bytes),
                     BN_OK);
            CHECK_EQ(bytes, bn_context_bytes(context.get()));
          }
        }
      }
    }
  }
}

TEST("the scratch of no context is told where an argument is out of range") {
  const Fixture f;
  const bn_hparams good = f.model->hparams;
  bn_hparams bad = good;
  bad.n_embd = 0;
  uint64_t bytes = 123;
  const auto told = [&bytes](const bn_hparams* h, uint32_t kernel, uint32_t threads, uint32_t tokens,
                             uint32_t positions, uint32_t screened) {
    return bn_context_bytes_for(h, kernel, threads, tokens, positions, screened, &bytes);
  };
  CHECK_EQ(told(nullptr, 0, 1, 1, 1, 0), BN_ERROR_NULL);
  CHECK_EQ(bn_context_bytes_for(&good, 0, 1, 1, 1, 0, nullptr), BN_ERROR_NULL);
  CHECK_EQ(told(&good, bn_kernel_count(), 1, 1, 1, 0), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(told(&bad, 0, 1, 1, 1, 0), BN_ERROR_HPARAMS);
  CHECK_EQ(told(&good, 0, 0, 1, 1, 0), BN_ERROR_ARGUMENT);
  CHECK_EQ(told(&good, 0, 1025, 1, 1, 0), BN_ERROR_ARGUMENT);
  CHECK_EQ(told(&good, 0, 1, 0, 1, 0), BN_ERROR_ARGUMENT);
  CHECK_EQ(told(&good, 0, 1, 65537, 1, 0), BN_ERROR_ARGUMENT);
  CHECK_EQ(told(&good, 0, 1, 1, 0, 0), BN_ERROR_ARGUMENT);
  CHECK_EQ(told(&good, 0, 1, 1, (1 << 24) + 1, 0), BN_ERROR_ARGUMENT);
  CHECK_EQ(told(&good, 0, 1, 1, 1, 2), BN_ERROR_ARGUMENT);
  for (uint32_t i = 0; i < bn_kernel_count(); ++i) {
    if (!bitnet::kernel_runnable(i)) CHECK_EQ(told(&good, i, 1, 1, 1, 0), BN_ERROR_KERNEL_NOT_RUNNABLE);
  }
  CHECK_EQ(bytes, 123u);
  CHECK_EQ(told(&good, 0, 1024, 65536, 1 << 24, 1), BN_OK);
  CHECK(bytes > uint64_t{1024} * (1 << 24) * sizeof(float));  // every thread's scores
}

TEST("a batch of many sequences, each at its own position, is accepted") {
  Fixture f;
  Batch batch;
  batch.n_sequences = 1000000;  // the table's rows in use are few; it is only read where needed
  batch.pages_per_sequence = 1;
  batch.pages.assign(1000000, -1);
  for (int32_t i = 0; i < 8; ++i) {
    const int32_t sequence = i * 142857 % 1000000;
    batch.pages[static_cast<uint32_t>(sequence)] = i;
    batch.add(i, 0, sequence);
    batch.add(i + 1, 1, sequence);
  }
  CHECK_EQ(run(f.context.get(), f.kv.get(), batch, f.n_vocab()).size(), 16u * f.n_vocab());
}
