// The element types of weights and of the KV cache: how 16 elements become a V (see float_ops.inl).
#pragma once

namespace {

using namespace bitnet;

// Loads and stores of n < 16 elements.
inline V load_part(const float* x, uint64_t n) {
  float lanes[16] = {};
  __builtin_memcpy(lanes, x, n * sizeof(float));
  return V::load(lanes);
}

inline void store_part(V v, float* y, uint64_t n) {
  float lanes[16];
  v.store(lanes);
  __builtin_memcpy(y, lanes, n * sizeof(float));
}

inline const unsigned char* at(const void* p, uint64_t byte) {
  return static_cast<const unsigned char*>(p) + byte;
}

// Element types of weights and of the KV cache: how 16 of them become a V.
struct F32 {
  static constexpr uint64_t kBlockElements = 1, kBlockBytes = 4;
  static V load(const void* p) { return V::load(static_cast<const float*>(p)); }
  static Part load_part(const void* p) { return Part::load(static_cast<const float*>(p)); }
};
struct F16 {
  static constexpr uint64_t kBlockElements = 1, kBlockBytes = 2;
  static V load(const void* p) { return V::load_f16(p); }
  static Part load_part(const void* p) { return Part::load_f16(p); }
};
struct BF16 {
  static constexpr uint64_t kBlockElements = 1, kBlockBytes = 2;
  static V load(const void* p) { return V::load_bf16(p); }
  static Part load_part(const void* p) { return Part::load_bf16(p); }
};

template <typename E>
inline V load_part_of(const void* p, uint64_t n) {
  unsigned char lanes[16 * 4] = {};
  __builtin_memcpy(lanes, p, n * E::kBlockBytes);
  return E::load(lanes);
}

// Quantised weights come in blocks. A Block is one of them opened: load(i) is its elements i..i+15,
// i a multiple of 16. Their products are exact.
struct Q8_0 {
  static constexpr uint64_t kBlockElements = 32, kBlockBytes = 34;
  struct Block {
    V d;
    const unsigned char* q;
    void open(const unsigned char* p) {
      d = V::broadcast_f16(p);
      q = p + 2;
    }
    V load(uint64_t i) const { return V::mul(d, V::load_i8(q + i)); }
  };
};

// Bytes anywhere in memory as one value, and pairs of them as integers: a shift of pairs is cheaper than one
// of bytes, where a mask follows anyway.
typedef uint8_t Bytes32 __attribute__((vector_size(32), aligned(1), may_alias));
typedef uint16_t Pairs16 __attribute__((vector_size(32), aligned(1), may_alias));

inline Bytes32 load_bytes(const unsigned char* p) { return *reinterpret_cast<const Bytes32*>(p); }

template <int N>
inline Bytes32 shift_left(Bytes32 b) {
  return reinterpret_cast<Bytes32>(reinterpret_cast<Pairs16>(b) << N);
}

template <int N>
inline Bytes32 shift_right(Bytes32 b) {
  return reinterpret_cast<Bytes32>(reinterpret_cast<Pairs16>(b) >> N);
}

// Has what is stored at p read from there again, where the compiler would rather take it from registers:
// converting or broadcasting a part of a register costs more than doing so from memory.
inline void keep_in_memory(void* p) { __asm__ volatile("" : : "r"(p) : "memory"); }

// Codes below 1024 in 16 bits are F16 numbers below the normal ones, code * 2^-24, and converting them
// from there costs a third less than what widening bytes to integers and those to floats does. CodeRun keeps N
// codes, 32 to a run of 64 bytes, in the order in which interleaving within halves of a register leaves
// them: 0..7, 16..23, 8..15, 24..31.
template <int N>
struct CodeRun {
  alignas(32) uint8_t bytes[2 * N];
  // Codes 32 * run.. from their low and high bytes.
  void set(int run, Bytes32 low, Bytes32 high) {
    Bytes32* to = reinterpret_cast<Bytes32*>(bytes + 64 * run);
    to[0] = __builtin_shufflevector(low, high, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7,
                                    39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23,
                                    55);
    to[1] = __builtin_shufflevector(low, high, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14,
                                    46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30,
                                    62, 31, 63);
  }
  V load(uint64_t i) const {
    const uint8_t* p = bytes + i / 32 * 64 + i % 32;
    return V::load_f16(p, p + 32);
  }
};

struct Q4_0 {
  static constexpr uint64_t kBlockElements = 32, kBlockBytes = 18;
  struct Block {
    V d;  // times 2^24
    CodeRun<32> codes;
    void open(const unsigned char* p) {
      d = V::mul(V::broadcast_f16(p), V::set1(0x1p24f));
      typedef uint64_t Quarters __attribute__((vector_size(32), aligned(1), may_alias));
      uint64_t q[2];
      __builtin_memcpy(q, p + 2, sizeof q);
      const Quarters both = {q[0], q[1], q[0], q[1]}, by = {0, 0, 4, 4};
      codes.set(0, reinterpret_cast<Bytes32>(both >> by) & 15, Bytes32{});
      keep_in_memory(this);
    }
    V load(uint64_t i) const {
      return V::mul(d, V::sub(codes.load(i), V::set1(0x8p-24f)));
    }
  };
};

struct Q6_K {
  static constexpr uint64_t kBlockElements = 256, kBlockBytes = 210;
  struct Block {
    alignas(64) float scale[16];  // of 16 elements each, times 2^20
    CodeRun<256> codes;           // times 16
    void open(const unsigned char* p) {
      const V d = V::mul(V::broadcast_f16(p + 208), V::set1(0x1p20f));
      V::mul(d, V::load_i8(p + 192)).store(scale);
      for (int half = 0; half < 2; ++half) {
        const Bytes32 a = load_bytes(p + 64 * half), b = load_bytes(p + 64 * half + 32);
        const Bytes32 c = load_bytes(p + 128 + 32 * half);
        codes.set(4 * half, shift_left<4>(a) & 0xf0, c & 3);
        codes.set(4 * half + 1, shift_left<4>(b) & 0xf0, shift_right<2>(c) & 3);
        codes.set(4 * half + 2, a & 0xf0, shift_right<4>(c) & 3);
        codes.set(4 * half + 3, b & 0xf0, shift_right<6>(c) & 3);
      }
      keep_in_memory(this);
    }
    V load(uint64_t i) const {
      return V::mul(V::set1(scale[i / 16]), V::sub(codes.load(i), V::set1(0x200p-24f)));
    }
  };
};

template <typename E>
constexpr bool kInBlocks = E::kBlockElements > 1;

// Calls f with a value of the element type that `type` names.
template <typename F>
inline void with_element_type(uint32_t type, F f) {
  switch (type) {
    case BN_TYPE_F16: return f(F16());
    case BN_TYPE_BF16: return f(BF16());
    case BN_TYPE_Q8_0: return f(Q8_0());
    case BN_TYPE_Q6_K: return f(Q6_K());
    case BN_TYPE_Q4_0: return f(Q4_0());
    default: return f(F32());
  }
}

}  // namespace
