#include "ops/screen.h"

#include <float.h>
#include <math.h>

namespace bitnet {
namespace {

constexpr int32_t kLargestCode = 127;

// Makes up for the roundings of a computation in f64: those of n additions of positive terms, n < 2^17,
// and a few products, each 2^-53 at most.
constexpr double kUp = 1 + 0x1p-30;

// The next float at or above a value that is at most FLT_MAX.
float rounded_up(double value) {
  const float f = static_cast<float>(value);
  return static_cast<double>(f) < value ? nextafterf(f, INFINITY) : f;
}

// The smallest step that `steps` of reach `largest`, a float.
float step_of(float largest, int32_t steps) {
  float step = rounded_up(static_cast<double>(largest) / steps);
  if (static_cast<double>(step) * steps < static_cast<double>(largest)) {
    step = nextafterf(step, INFINITY);
  }
  return step;
}

// The largest magnitude; infinity or NaN when there is one.
float largest_of(const float* x, uint64_t n) {
  float largest = 0;
  bool finite = true;
  for (uint64_t i = 0; i < n; ++i) {
    const float a = fabsf(x[i]);
    finite &= a <= FLT_MAX;
    largest = a > largest ? a : largest;
  }
  return finite ? largest : INFINITY;
}

}  // namespace

bool screen_row(const float* w, uint64_t cols, int8_t* q, ScreenRow* row, uint32_t* code_sum) {
  const float largest = largest_of(w, cols);
  if (largest > FLT_MAX) return false;
  const float scale = step_of(largest, kLargestCode);
  const double s = static_cast<double>(scale), per_step = largest > 0 ? 1 / s : 0;
  double squares = 0, residual_squares = 0;
  int32_t sum = 0;
  for (uint64_t i = 0; i < cols; ++i) {
    const double value = static_cast<double>(w[i]);
    const int32_t code = static_cast<int32_t>(lrint(value * per_step));
    const double residual = value - s * code;
    q[i] = static_cast<int8_t>(code);
    sum += code < 0 ? -code : code;
    squares += value * value;
    residual_squares += residual * residual;
  }
  const double norm = sqrt(squares) * kUp;
  if (norm > static_cast<double>(FLT_MAX)) return false;
  *row = {scale, rounded_up(sqrt(residual_squares) * kUp), rounded_up(norm)};
  *code_sum = static_cast<uint32_t>(sum);
  return true;
}

int32_t largest_screen_input(uint32_t largest_code_sum) {
  const int32_t fitting = INT32_MAX / static_cast<int32_t>(largest_code_sum > 0 ? largest_code_sum : 1);
  return fitting < INT16_MAX ? fitting : INT16_MAX;
}

bool screen_input(const float* x, uint64_t cols, int32_t largest, float largest_norm, int16_t* q,
                  ScreenInput* input) {
  const float largest_x = largest_of(x, cols);
  if (!(largest_x > 0 && largest_x <= FLT_MAX)) return false;
  const double step = static_cast<double>(step_of(largest_x, largest)), per_step = 1 / step;
  double squares = 0, residual_squares = 0;
  int64_t rest = 0;  // of the squares of q
  for (uint64_t i = 0; i < cols; ++i) {
    const double value = static_cast<double>(x[i]);
    const int64_t code = lrint(value * per_step);
    const double residual = value - step * static_cast<double>(code);
    q[i] = static_cast<int16_t>(code);
    squares += value * value;
    residual_squares += residual * residual;
    rest += code * code;
  }
  const double norm = sqrt(squares) * kUp;
  if (!(norm * static_cast<double>(largest_norm) < 0x1p125)) return false;

  // A few inputs much larger than the others are better bounded one by one, each by half a step of the
  // row's codes. Any choice of them is right; it pays from about this size on, and taking those out
  // lowers the size for the next ones.
  int64_t apart = 0, limit = INT64_MAX;
  for (int round = 0; round < 4 && rest > 0; ++round) {
    const int64_t last = limit;
    limit = static_cast<int64_t>(sqrt(12.0 * static_cast<double>(rest) / static_cast<double>(cols))) + 1;
    for (uint64_t i = 0; i < cols; ++i) {
      const int64_t magnitude = q[i] < 0 ? -q[i] : q[i];
      if (magnitude < limit || magnitude >= last) continue;
      apart += magnitude;
      rest -= magnitude * magnitude;
    }
  }

  const double roundings = static_cast<double>(cols / 16 + 16) * 0x1p-24;
  input->scale = step;
  input->residual_factor = step * sqrt(static_cast<double>(rest)) * kUp;
  input->scale_factor = step * (0.5 * kUp) * static_cast<double>(apart) * kUp;
  input->norm_factor = (sqrt(residual_squares) * kUp + roundings * norm) * kUp;
  return true;
}

void screen_intervals(const ScreenRow* rows, const ScreenInput& input, const int32_t* sums,
                      uint64_t n, float* lower, float* upper) {
  for (uint64_t i = 0; i < n; ++i) {
    const double scale = static_cast<double>(rows[i].scale);
    const double about = scale * input.scale * static_cast<double>(sums[i]);
    const double width = scale * input.scale_factor +
                         static_cast<double>(rows[i].residual_norm) * input.residual_factor +
                         static_cast<double>(rows[i].norm) * input.norm_factor;
    // What a float below or above loses, subnormal sums, and this function's own roundings.
    const double error = width * kUp + (fabs(about) + width) * 0x1p-23 + 0x1p-120;
    lower[i] = static_cast<float>(about - error);
    upper[i] = static_cast<float>(about + error);
  }
}

}  // namespace bitnet
