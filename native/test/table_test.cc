// Tensor tables, hyperparameters and configurations with one thing wrong: each gives the documented
// status, and nothing is written.
#include <cmath>
#include <functional>
#include <limits>

#include "test/engine.h"
#include "test/shapes.h"

namespace {

struct Wrong {
  const char* what;
  int32_t status;
  std::function<void(SmallModel&, bn_model_config&)> spoil;
};

constexpr uint64_t kUntouched = 0xdeadbeef;

// Creates a model from a spoilt configuration; nothing may come of it.
int32_t create(const Shape& shape, const std::function<void(SmallModel&, bn_model_config&)>& spoil,
               uint64_t* failed) {
  SmallModel source(shape);
  bn_model_config config = source.config(0);
  spoil(source, config);
  bn_model* const untouched = reinterpret_cast<bn_model*>(0x1234);
  bn_model* model = untouched;
  const int32_t status = bn_model_create(&config, &model, failed);
  if (status == BN_OK) {
    bn_model_destroy(model);
  } else {
    CHECK(model == untouched);
  }
  return status;
}

}  // namespace

TEST("every hyperparameter outside its range is refused") {
  using H = bn_hparams;
  const float nan = std::nanf(""), inf = HUGE_VALF;
  const std::vector<std::pair<const char*, std::function<void(H&)>>> cases = {
      {"n_layers 0", [](H& h) { h.n_layers = 0; }},
      {"n_layers 1025", [](H& h) { h.n_layers = 1025; }},
      {"n_embd 0", [](H& h) { h.n_embd = 0; }},
      {"n_embd 64", [](H& h) { h.n_embd = 64; }},
      {"n_embd 129", [](H& h) { h.n_embd = 129; }},
      {"n_embd 65664", [](H& h) { h.n_embd = 65664; }},
      {"n_ff 0", [](H& h) { h.n_ff = 0; }},
      {"n_ff 200", [](H& h) { h.n_ff = 200; }},
      {"n_ff too large", [](H& h) { h.n_ff = BN_MAX_COLUMNS + 128; }},
      {"n_heads 0", [](H& h) { h.n_heads = 0; }},
      {"n_heads 1025", [](H& h) { h.n_heads = 1025; }},
      {"n_kv_heads 0", [](H& h) { h.n_kv_heads = 0; }},
      {"n_kv_heads above n_heads", [](H& h) { h.n_kv_heads = h.n_heads + 1; }},
      {"n_kv_heads not a divisor", [](H& h) { h.n_kv_heads = 3; }},
      {"head_dim 0", [](H& h) { h.head_dim = 0; }},
      {"head_dim odd", [](H& h) { h.head_dim = 33; }},
      {"head_dim 1026", [](H& h) { h.head_dim = 1026; }},
      {"attention width not a multiple of 128", [](H& h) { h.head_dim = 34; }},
      {"n_vocab 0", [](H& h) { h.n_vocab = 0; }},
      {"n_vocab too large", [](H& h) { h.n_vocab = (1 << 24) + 1; }},
      {"unknown activation", [](H& h) { h.activation = 2; }},
      {"negative epsilon", [](H& h) { h.rms_epsilon = -1e-5f; }},
      {"epsilon NaN", [nan](H& h) { h.rms_epsilon = nan; }},
      {"epsilon infinite", [inf](H& h) { h.rms_epsilon = inf; }},
      {"attention scale NaN", [nan](H& h) { h.attention_scale = nan; }},
      {"attention scale infinite", [inf](H& h) { h.attention_scale = -inf; }},
  };
  for (const auto& [what, spoil] : cases) {
    SCOPE("%s", what);
    uint64_t failed = kUntouched;
    const auto apply = [&change = spoil](SmallModel&, bn_model_config& c) { change(c.hparams); };
    CHECK_EQ(create(kShapes[0], apply, &failed), BN_ERROR_HPARAMS);
    CHECK_EQ(failed, kUntouched);
  }
}

TEST("every field of a model configuration is checked") {
  const std::vector<Wrong> cases = {
      {"size", BN_ERROR_STRUCT_SIZE, [](SmallModel&, bn_model_config& c) { c.size -= 1; }},
      {"kernel", BN_ERROR_UNKNOWN_KERNEL,
       [](SmallModel&, bn_model_config& c) { c.kernel = bn_kernel_count(); }},
      {"regions NULL", BN_ERROR_NULL, [](SmallModel&, bn_model_config& c) { c.regions = nullptr; }},
      {"tensors NULL", BN_ERROR_NULL, [](SmallModel&, bn_model_config& c) { c.tensors = nullptr; }},
      {"regions_bytes", BN_ERROR_ARGUMENT,
       [](SmallModel&, bn_model_config& c) { c.regions_bytes += 1; }},
      {"tensors_bytes", BN_ERROR_ARGUMENT,
       [](SmallModel&, bn_model_config& c) { c.tensors_bytes -= 1; }},
      {"unknown flag", BN_ERROR_ARGUMENT, [](SmallModel&, bn_model_config& c) { c.flags = 2; }},
      {"reserved", BN_ERROR_ARGUMENT, [](SmallModel&, bn_model_config& c) { c.reserved = 1; }},
  };
  for (const Wrong& wrong : cases) {
    SCOPE("%s", wrong.what);
    uint64_t failed = kUntouched;
    CHECK_EQ(create(kShapes[0], wrong.spoil, &failed), wrong.status);
    CHECK_EQ(failed, kUntouched);
  }
  bn_model* model = nullptr;
  CHECK_EQ(bn_model_create(nullptr, &model, nullptr), BN_ERROR_NULL);
  SmallModel source(kShapes[0]);
  const bn_model_config config = source.config(0);
  CHECK_EQ(bn_model_create(&config, nullptr, nullptr), BN_ERROR_NULL);
}

TEST("a kernel build that this CPU cannot run is refused") {
  for (uint32_t i = 0; i < bn_kernel_count(); ++i) {
    bn_kernel_info info = {};
    info.size = sizeof info;
    REQUIRE(bn_kernel_describe(i, &info) == BN_OK);
    SCOPE("build %s", info.name);
    const auto use = [i](SmallModel&, bn_model_config& c) { c.kernel = i; };
    CHECK_EQ(create(kShapes[0], use, nullptr),
             info.runnable ? BN_OK : BN_ERROR_KERNEL_NOT_RUNNABLE);
    float x = 1;
    CHECK_EQ(bn_op_exp(i, 1, &x, &x, 4), info.runnable ? BN_OK : BN_ERROR_KERNEL_NOT_RUNNABLE);
  }
}

TEST("every field of every tensor is checked, and the tensor at fault is named") {
  using T = bn_tensor;
  struct Case {
    const char* what;
    int32_t status;
    std::function<void(T&)> spoil;
  };
  const uint64_t huge = ~uint64_t{0};
  const std::vector<Case> cases = {
      {"slot beyond the last", BN_ERROR_TENSOR_SLOT, [](T& t) { t.slot = BN_SLOT_COUNT; }},
      {"layer beyond the last", BN_ERROR_TENSOR_SLOT, [](T& t) { t.layer += 2; }},
      {"layer huge", BN_ERROR_TENSOR_SLOT, [](T& t) { t.layer = 0xffffffff; }},
      {"type unknown", BN_ERROR_TENSOR_TYPE, [](T& t) { t.type = 3; }},
      {"type of another kind", BN_ERROR_TENSOR_TYPE,
       [](T& t) { t.type = t.type == BN_TYPE_I2_S ? BN_TYPE_F32 : BN_TYPE_I2_S; }},
      {"layout unknown", BN_ERROR_TENSOR_TYPE, [](T& t) { t.layout = 3; }},
      {"reserved set", BN_ERROR_ARGUMENT, [](T& t) { t.reserved = 1; }},
      {"rows one more", BN_ERROR_TENSOR_SHAPE, [](T& t) { t.rows += 1; }},
      {"rows huge", BN_ERROR_TENSOR_SHAPE, [=](T& t) { t.rows = huge; }},
      {"rows 0", BN_ERROR_TENSOR_SHAPE, [](T& t) { t.rows = 0; }},
      {"cols one more", BN_ERROR_TENSOR_SHAPE, [](T& t) { t.cols += 1; }},
      {"cols 0", BN_ERROR_TENSOR_SHAPE, [](T& t) { t.cols = 0; }},
      {"rows and cols whose product overflows", BN_ERROR_TENSOR_SHAPE,
       [](T& t) { t.rows = t.cols = uint64_t{1} << 33; }},
      {"region beyond the last", BN_ERROR_TENSOR_RANGE, [](T& t) { t.region = 1; }},
      {"bytes one less", BN_ERROR_TENSOR_RANGE, [](T& t) { t.bytes -= 1; }},
      {"bytes one more", BN_ERROR_TENSOR_RANGE, [](T& t) { t.bytes += 1; }},
      {"bytes 0", BN_ERROR_TENSOR_RANGE, [](T& t) { t.bytes = 0; }},
      {"bytes huge", BN_ERROR_TENSOR_RANGE, [=](T& t) { t.bytes = huge; }},
      {"offset beyond the region", BN_ERROR_TENSOR_RANGE, [](T& t) { t.offset += 1 << 30; }},
      {"offset that overflows", BN_ERROR_TENSOR_RANGE, [=](T& t) { t.offset = huge - 3; }},
      {"offset not a multiple of 4", BN_ERROR_TENSOR_RANGE, [](T& t) { t.offset += 2; }},
  };
  const SmallModel model(kShapes[0]);
  for (uint64_t i = 0; i < model.tensors.size(); ++i) {
    for (const Case& c : cases) {
      SCOPE("tensor %d (slot %u): %s", static_cast<int>(i), model.tensors[i].slot, c.what);
      uint64_t failed = kUntouched;
      const auto spoil = [&](SmallModel& m, bn_model_config&) { c.spoil(m.tensors[i]); };
      CHECK_EQ(create(kShapes[0], spoil, &failed), c.status);
      CHECK_EQ(failed, i);
    }
    SCOPE("tensor %d (slot %u)", static_cast<int>(i), model.tensors[i].slot);
    uint64_t failed = kUntouched;
    // Twice: the second one is at fault.
    const auto twice = [&](SmallModel& m, bn_model_config& c) {
      m.tensors.push_back(m.tensors[i]);
      c.tensors = m.tensors.data();
      c.tensors_bytes += sizeof(bn_tensor);
    };
    CHECK_EQ(create(kShapes[0], twice, &failed), BN_ERROR_TENSOR_DUPLICATE);
    CHECK_EQ(failed, model.tensors.size());
    // Not at all.
    failed = kUntouched;
    const auto missing = [&](SmallModel& m, bn_model_config& c) {
      m.tensors.erase(m.tensors.begin() + static_cast<long>(i));
      c.tensors = m.tensors.data();
      c.tensors_bytes -= sizeof(bn_tensor);
    };
    CHECK_EQ(create(kShapes[0], missing, &failed), BN_ERROR_TENSOR_MISSING);
    CHECK_EQ(failed, model.tensors[i].slot + uint64_t{model.tensors[i].layer} * BN_SLOT_COUNT);
  }
}

TEST("rows of quantised weights must be whole blocks") {
  // 128 columns are half a block of Q6_K.
  for (const uint32_t type : {BN_TYPE_Q6_K, BN_TYPE_Q8_0, BN_TYPE_Q4_0}) {
    Shape shape = kShapes[0];
    shape.embd_type = type;
    uint64_t failed = kUntouched;
    const bool whole = type != BN_TYPE_Q6_K;
    CHECK_EQ(create(shape, [](SmallModel&, bn_model_config&) {}, &failed),
             whole ? BN_OK : BN_ERROR_TENSOR_TYPE);
    CHECK_EQ(failed, whole ? kUntouched : 0u);
  }
}

TEST("norms take no quantised types") {
  for (const uint32_t type : {BN_TYPE_Q6_K, BN_TYPE_Q8_0, BN_TYPE_Q4_0}) {
    uint64_t failed = kUntouched;
    const auto spoil = [type](SmallModel& m, bn_model_config&) { m.tensors[1].type = type; };
    CHECK_EQ(create(kShapes[1], spoil, &failed), BN_ERROR_TENSOR_TYPE);
    CHECK_EQ(failed, 1u);
  }
}

TEST("a separate head may be absent, and then the embedding is the head") {
  uint64_t failed = kUntouched;
  const auto without = [](SmallModel& m, bn_model_config& c) {
    for (uint64_t i = 0; i < m.tensors.size(); ++i) {
      if (m.tensors[i].slot == BN_SLOT_OUTPUT) m.tensors.erase(m.tensors.begin() + static_cast<long>(i--));
    }
    c.tensors_bytes -= sizeof(bn_tensor);
  };
  CHECK_EQ(create(kShapes[1], without, &failed), BN_OK);
  CHECK_EQ(failed, kUntouched);
}

TEST("a region that is NULL, or does not begin on 4 bytes, is refused") {
  uint64_t failed = kUntouched;
  const auto null = [](SmallModel& m, bn_model_config&) { m.region.data = nullptr; };
  CHECK_EQ(create(kShapes[0], null, &failed), BN_ERROR_NULL);
  const auto shifted = [](SmallModel& m, bn_model_config&) {
    m.data.insert(m.data.begin(), 2, uint8_t{0});
    m.region = {m.data.data() + 2, m.data.size() - 2};
  };
  CHECK_EQ(create(kShapes[0], shifted, &failed), BN_ERROR_TENSOR_RANGE);
}

TEST("layout ROW_4 needs rows in fours") {
  Shape shape = kShapes[2];
  shape.n_heads = 64;
  shape.head_dim = 2;  // K and V have two rows
  uint64_t failed = kUntouched;
  CHECK_EQ(create(shape, [](SmallModel&, bn_model_config&) {}, &failed), BN_ERROR_TENSOR_TYPE);
  CHECK(failed != kUntouched);
}

// Logits of eight tokens by a model made of `config`; `made` runs once it exists.
std::vector<float> logits_of(const SmallModel& source, const bn_model_config& config,
                             const std::function<void()>& made = [] {}) {
  bn_model* created = nullptr;
  CHECK_EQ(bn_model_create(&config, &created, nullptr), BN_OK);
  const ModelHandle model(created);
  made();
  const RopeTables rope(source);
  const PoolHandle pool = make_pool(1);
  const ContextHandle context = make_context(model.get(), pool.get(), rope, 8);
  const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 4);
  Batch batch;
  batch.pages = {0, 1, 2, 3};
  for (int i = 0; i < 8; ++i) batch.add(i * 3 % source.shape.n_vocab, i, 0);
  return run(context.get(), kv.get(), batch, source.shape.n_vocab);
}

TEST("tensors may lie in several regions and at any offset that is a multiple of 4") {
  SmallModel source(kShapes[0]);
  for (uint32_t kernel = 0; kernel < bn_kernel_count(); ++kernel) {
    if (!bitnet::kernel_runnable(kernel)) continue;
    SCOPE("build %s", bitnet::kernel_at(kernel).name);
    const std::vector<float> together = logits_of(source, source.config(kernel));
    // One region per tensor, each beginning 4 bytes past a multiple of 32.
    std::vector<std::vector<uint8_t>> pieces;
    std::vector<bn_region> regions;
    std::vector<bn_tensor> tensors = source.tensors;
    for (bn_tensor& t : tensors) {
      std::vector<uint8_t> piece(t.bytes + 4);
      std::memcpy(piece.data() + 4, source.data.data() + t.offset, t.bytes);
      pieces.push_back(std::move(piece));
      t.region = static_cast<uint32_t>(regions.size());
      t.offset = 4;
      regions.push_back({pieces.back().data(), pieces.back().size()});
    }
    bn_model_config config = source.config(kernel);
    config.regions = regions.data();
    config.regions_bytes = regions.size() * sizeof(bn_region);
    config.tensors = tensors.data();
    CHECK(together == logits_of(source, config));
  }
}

TEST("a model owns norms and copies of re-laid codes, nothing of BLOCK_128 codes") {
  uint64_t owned[2];
  for (const uint32_t layout : {BN_LAYOUT_BLOCK_128, BN_LAYOUT_BLOCK_64}) {
    Shape shape = kShapes[0];
    shape.layout = layout;
    SmallModel source(shape);
    const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
    owned[layout] = bn_model_bytes(model.get());
  }
  uint64_t codes = 0;
  for (const bn_tensor& t : SmallModel(kShapes[0]).tensors) {
    if (t.type == BN_TYPE_I2_S) codes += t.rows * t.cols / 4;
  }
  CHECK_EQ(owned[BN_LAYOUT_BLOCK_64] - owned[BN_LAYOUT_BLOCK_128], codes);
  CHECK(owned[BN_LAYOUT_BLOCK_128] < codes);
  CHECK_EQ(bn_model_bytes(nullptr), 0u);
}

TEST("a model that copies its weights needs the regions no more, and computes the same") {
  for (const Shape& shape : kShapes) {
    SCOPE("%s", shape.name);
    SmallModel source(shape);
    const std::vector<float> expected = logits_of(source, source.config(bn_kernel_best()));
    bn_model_config config = source.config(bn_kernel_best());
    config.flags = BN_MODEL_COPY_WEIGHTS;
    const std::vector<float> actual = logits_of(
        source, config, [&] { std::fill(source.data.begin(), source.data.end(), 0xff); });
    CHECK(actual == expected);
  }
}

TEST("a model that copies its weights owns all of them") {
  SmallModel source(kShapes[0]);
  bn_model_config config = source.config(0);
  config.flags = BN_MODEL_COPY_WEIGHTS;
  bn_model* model = nullptr;
  REQUIRE(bn_model_create(&config, &model, nullptr) == BN_OK);
  uint64_t weights = 0;
  for (const bn_tensor& t : source.tensors) {
    weights += t.type == BN_TYPE_I2_S ? t.rows * t.cols / 4 : t.rows * t.cols * 2;
  }
  CHECK(bn_model_bytes(model) >= weights);
  bn_model_destroy(model);
}

TEST("destroying NULL is fine") {
  bn_model_destroy(nullptr);
  bn_kv_destroy(nullptr);
  bn_context_destroy(nullptr);
  bn_pool_destroy(nullptr);
  CHECK_EQ(bn_pool_threads(nullptr), 0u);
  CHECK_EQ(bn_kv_page_bytes(nullptr), 0u);
  CHECK_EQ(bn_context_bytes(nullptr), 0u);
}
