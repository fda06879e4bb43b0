// The I2_S dot product that bitnet.cpp's library exports, written for these tests: right, right as
// long as 16 bits suffice (as the published one), wrong, or under another name.
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#if DOT_RENAMED
#define FUNCTION another_function
#else
#define FUNCTION ggml_vec_dot_i2_i8_s
#endif

EXPORT void FUNCTION(int n, float* s, size_t bs, const void* vx, size_t bx, const void* vy, size_t by,
                     int nrc);

void FUNCTION(int n, float* s, size_t bs, const void* vx, size_t bx, const void* vy, size_t by,
              int nrc) {
  const uint8_t* x = vx;
  const int8_t* y = vy;
  int32_t sum = 0;
#if DOT_16_BITS
  int16_t lanes[16] = {0};
#endif
  (void)bs, (void)bx, (void)by, (void)nrc;
  for (int block = 0; block < n / 128; ++block) {
    for (int i = 0; i < 128; ++i) {
      const int code = x[32 * block + i % 32] >> (6 - 2 * (i / 32)) & 3;
      const int product = code * y[128 * block + i];
#if DOT_16_BITS
      lanes[i / 2 % 16] = (int16_t)(uint16_t)(lanes[i / 2 % 16] + product);
#else
      sum += product;
#endif
    }
#if DOT_16_BITS
    if (block % 32 == 31 || block == n / 128 - 1) {
      for (int i = 0; i < 16; ++i) {
        sum += lanes[i];
        lanes[i] = 0;
      }
    }
#endif
  }
#if DOT_WRONG
  sum += n > 128;
#endif
  *s = (float)sum;
}
