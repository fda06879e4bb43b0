// Whole forward passes and single steps against recorded bits, which every processor must reproduce:
// the other tests compare with a reference that was compiled for the same machine. The record is
// exactness_vectors.txt; its head tells how it was made.
#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>

#include "ops/dense.h"
#include "ops/requantize.h"
#include "test/builds.h"
#include "test/compare.h"
#include "test/engine.h"
#include "test/shapes.h"

namespace {

// FNV-1a over the bits of floats. All NaNs count as one.
class Hash {
 public:
  void add_bits(uint32_t bits) {
    for (int i = 0; i < 4; ++i) hash_ = (hash_ ^ (bits >> 8 * i & 0xff)) * 0x100000001b3;
  }
  void add(const std::vector<float>& values) {
    for (const float v : values) add(v);
  }
  void add(float v) { add_bits(v != v ? 0x7fc00000u : reference::to_bits(v)); }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

struct Pass {
  Shape shape;
  uint32_t seed, kv_type, length;
};

constexpr Shape kWide = {"five blocks of columns, rows beside the tiles", 1, 640, 1408, 10, 5, 64, 131,
                         BN_ACTIVATION_SILU, BN_TYPE_BF16, true, BN_LAYOUT_BLOCK_128, false};
constexpr Shape kLong = {"columns past one panel and past 16-bit sums", 1, 2688, 128, 21, 3, 128, 19,
                         BN_ACTIVATION_RELU2, BN_TYPE_F16, false, BN_LAYOUT_BLOCK_128, true};

std::vector<Pass> passes() {
  std::vector<Pass> all;
  for (const Shape& shape : kShapes) {
    all.push_back({shape, 1, BN_TYPE_F16, 70});
    all.push_back({shape, 2, BN_TYPE_F32, 45});
    all.push_back({shape, 3, BN_TYPE_Q8_0, 45});
  }
  all.push_back({kWide, 3, BN_TYPE_F16, 35});
  all.push_back({kLong, 4, BN_TYPE_F32, 11});
  return all;
}

std::string name_of(const Pass& pass) {
  return std::string("forward, ") + pass.shape.name + ", KV " +
         (pass.kv_type == BN_TYPE_F16 ? "F16" : pass.kv_type == BN_TYPE_F32 ? "F32" : "Q8_0") + ", " + std::to_string(pass.length) +
         " tokens, seed " + std::to_string(pass.seed);
}

// Rotations with rational sine and cosine: the C library's functions differ between machines.
RopeTables exact_rope(const SmallModel& source) {
  RopeTables rope(source);
  const uint32_t half = source.shape.head_dim / 2;
  for (uint64_t i = 0; i < rope.cos.size(); ++i) {
    const double t = static_cast<double>((i / half) * (2 * (i % half) + 1) % 997) / 331.0;
    rope.cos[i] = static_cast<float>((1 - t * t) / (1 + t * t));
    rope.sin[i] = static_cast<float>(2 * t / (1 + t * t));
  }
  return rope;
}

// How a sequence is cut into batches, the threads that compute them, and whether weights are packed for
// batches of one token.
struct Division {
  uint32_t threads, chunk;
  bool packed;
};
constexpr Division kDivisions[] = {{1, 1000, false}, {2, 1000, false}, {3, 7, false},
                                   {2, 2, false},    {1, 1, false},    {2, 1, true}};

uint64_t hash_of(const Pass& pass, SmallModel& source, const RopeTables& rope,
                 const TestBuild& build, const Division& division) {
  const ModelHandle model = make_model(source, build.table);
  const PoolHandle pool = make_pool(division.threads);
  if (division.packed) CHECK_EQ(bn_model_pack_weights(model.get(), pool.get()), BN_OK);
  const ContextHandle context = make_context(model.get(), pool.get(), rope, pass.length);
  const KvHandle kv = make_kv(model.get(), pass.kv_type, 4);
  Values tokens(pass.seed);
  Hash hash;
  for (uint32_t first = 0; first < pass.length; first += division.chunk) {
    Batch batch;
    batch.pages = {2, 0, 3, 1};
    for (uint32_t p = first; p < std::min(first + division.chunk, pass.length); ++p) {
      batch.add(tokens.between(0, static_cast<int>(pass.shape.n_vocab) - 1), static_cast<int>(p), 0);
    }
    hash.add(run(context.get(), kv.get(), batch, pass.shape.n_vocab));
  }
  return hash.value();
}

// The steps whose inputs a forward pass keeps tame, with the numbers at which arithmetics differ.
constexpr struct {
  const char* name;
  Fill fill;
} kStepFills[] = {{"ordinary", Fill::kOrdinary}, {"extreme", Fill::kExtreme},
                  {"broken", Fill::kBroken},     {"tiny", Fill::kTiny}};

uint64_t hash_of_steps(const TestBuild& build, Fill fill) {
  Values values(5);
  Hash hash;
  for (const uint64_t n : {1, 16, 31, 640, 1000}) {
    const bitnet::KernelTable& table = *build.table;
    const std::vector<float> x = values.floats(n, fill), w = values.floats(n, fill);
    std::vector<float> y(n);
    table.exp(x.data(), n, y.data());
    hash.add(y);
    table.rms_norm(x.data(), w.data(), n, 1e-5f, y.data());
    hash.add(y);
    table.activate(BN_ACTIVATION_SILU, n, x.data(), w.data(), y.data());
    hash.add(y);
    table.activate(BN_ACTIVATION_RELU2, n, x.data(), w.data(), y.data());
    hash.add(y);
    table.head(BN_TYPE_F32, w.data(), n, 0, 1, x.data(), 1, y.data(), 1);
    hash.add(y[0]);
    std::vector<float> scores = x;
    hash.add(table.softmax(scores.data(), n));
    hash.add(scores);
    std::vector<uint16_t> half(n);
    table.narrow_f16(x.data(), n, half.data());
    table.widen(BN_TYPE_F16, half.data(), n, y.data());
    hash.add(y);
    std::vector<int8_t> q(n);
    float scale;
    int32_t sum;
    table.quantize(x.data(), n, q.data(), &scale, &sum);
    hash.add(scale);
    hash.add_bits(static_cast<uint32_t>(sum));
    for (const int8_t v : q) hash.add_bits(static_cast<uint32_t>(v));
  }
  return hash.value();
}

uint64_t hash_of_requantized(const TestBuild& build, uint32_t type) {
  Values values(6);
  Hash hash;
  for (int exponent = -30; exponent <= 20; exponent += 5) {
    std::vector<float> x = values.floats(512, Fill::kOrdinary), y(512);
    for (float& v : x) v = std::ldexp(v, exponent);
    std::vector<uint8_t> row(bitnet::dense_row_bytes(type, x.size()));
    CHECK(bitnet::requantize_row(*build.table, type, x.data(), x.size(), row.data()));
    for (const uint8_t byte : row) hash.add_bits(byte);
    build.table->widen(type, row.data(), y.size(), y.data());
    hash.add(y);
  }
  return hash.value();
}

constexpr struct {
  const char* name;
  uint32_t type;
} kRequantized[] = {{"requantised, Q8_0", BN_TYPE_Q8_0}, {"requantised, Q6_K", BN_TYPE_Q6_K}};

std::string name_of_steps(const char* fill) { return std::string("steps, ") + fill + " values"; }

void write_record(const TestBuild& build) {
  std::ofstream file(BITNET_EXACTNESS_VECTORS);
  file << "# Hashes (FNV-1a, 64 bits, of the results' bits) that every kernel build computes on every\n"
          "# processor, and what each is of: see exactness_test.cc. Written by the scalar build on\n"
          "# x86-64 with the command\n"
          "#     BITNET_WRITE_VECTORS=1 target/native/bin/exactness_test\n"
          "# Only a change of ARITHMETIC.md or of the test's models is a reason to write them again.\n";
  const auto line = [&](uint64_t hash, const std::string& name) {
    char hex[17];
    std::snprintf(hex, sizeof hex, "%016" PRIx64, hash);
    file << hex << ' ' << name << '\n';
  };
  for (const Pass& pass : passes()) {
    SmallModel source(pass.shape, pass.seed);
    line(hash_of(pass, source, exact_rope(source), build, kDivisions[0]), name_of(pass));
  }
  for (const auto& [name, fill] : kStepFills) line(hash_of_steps(build, fill), name_of_steps(name));
  for (const auto& [name, type] : kRequantized) line(hash_of_requantized(build, type), name);
}

const std::map<std::string, uint64_t>& record() {
  static std::map<std::string, uint64_t> known;
  if (!known.empty()) return known;
  if (std::getenv("BITNET_WRITE_VECTORS") != nullptr) {
    const std::vector<TestBuild> builds = test_builds();
    CHECK(std::strcmp(builds.front().label, "scalar") == 0);
    write_record(builds.front());
  }
  std::ifstream file(BITNET_EXACTNESS_VECTORS);
  for (std::string line; std::getline(file, line);) {
    if (line.size() < 18 || line[0] == '#') continue;
    known[line.substr(17)] = std::strtoull(line.c_str(), nullptr, 16);
  }
  return known;
}

void check_recorded(uint64_t hash, const std::string& name) {
  const auto found = record().find(name);
  CHECK(found != record().end());
  if (found != record().end()) CHECK_EQ(hash, found->second);
}

}  // namespace

TEST("the record holds the passes and steps of this test, no others") {
  CHECK_EQ(record().size(), passes().size() + std::size(kStepFills) + std::size(kRequantized));
}

TEST("forward passes give the recorded bits for every build, threads and chunking") {
  for (const Pass& pass : passes()) {
    SmallModel source(pass.shape, pass.seed);
    const RopeTables rope = exact_rope(source);
    for (const TestBuild& build : test_builds()) {
      for (const Division& division : kDivisions) {
        if (division.packed && pass.shape.all_codes) continue;  // code 3 cannot be packed
        SCOPE("%s; build %s, %u threads, chunks of %u, packed %d", name_of(pass).c_str(), build.label,
              division.threads, division.chunk, division.packed);
        check_recorded(hash_of(pass, source, rope, build, division), name_of(pass));
      }
    }
  }
}

TEST("single steps give the recorded bits for every build") {
  for (const TestBuild& build : test_builds()) {
    for (const auto& [name, fill] : kStepFills) {
      SCOPE("%s; build %s", name, build.label);
      check_recorded(hash_of_steps(build, fill), name_of_steps(name));
    }
  }
}

TEST("requantised rows have the recorded bits for every build") {
  for (const TestBuild& build : test_builds()) {
    for (const auto& [name, type] : kRequantized) {
      SCOPE("%s; build %s", name, build.label);
      check_recorded(hash_of_requantized(build, type), name);
    }
  }
}
