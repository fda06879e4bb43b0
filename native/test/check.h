// A test framework in one header: one executable per file, cases that run in the order written.
//
//   #include "check.h"
//   TEST("a page holds 64 tokens") { CHECK_EQ(page_tokens(), 64); }
//
// A failed check is printed with both values and the case goes on; REQUIRE ends the case. SKIP ends
// the case and counts it as skipped. SCOPE("build %s", name) names what the checks until the end of
// the block are about, for failures' messages. The executable takes an optional part of a name and
// runs only the cases that contain it. It exits 1 when a check failed, and 2 when no case ran.
#ifndef BITNET_TEST_CHECK_H
#define BITNET_TEST_CHECK_H

#include <atomic>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace check {

struct Case {
  const char* name;
  void (*body)();
};

inline std::vector<Case> cases;
inline std::atomic<int> failures_in_case{0};
inline const char* skip_reason = nullptr;
inline std::atomic<long> checks{0};
inline thread_local std::vector<std::string> scopes;

struct Scope {
  template <typename... Values>
  explicit Scope(const char* format, Values... values) {
    char text[200];
    std::snprintf(text, sizeof text, format, values...);
    scopes.push_back(text);
  }
  ~Scope() { scopes.pop_back(); }
};

inline bool add(const char* name, void (*body)()) {
  cases.push_back({name, body});
  return true;
}

inline void fail(const char* file, int line, const char* what) {
  ++failures_in_case;
  if (failures_in_case > 20) return;  // the first ones tell enough
  std::printf("  %s:%d: %s", file, line, what);
  for (const std::string& scope : scopes) std::printf("    in %s\n", scope.c_str());
}

template <typename T>
void print(const T& value) {
  if constexpr (std::is_floating_point_v<T>) {
    std::printf("%.9g (%a)", static_cast<double>(value), static_cast<double>(value));
  } else if constexpr (std::is_enum_v<T>) {
    std::printf("%lld", static_cast<long long>(value));
  } else if constexpr (std::is_unsigned_v<T>) {
    std::printf("%llu", static_cast<unsigned long long>(value));
  } else if constexpr (std::is_integral_v<T>) {
    std::printf("%lld", static_cast<long long>(value));
  } else if constexpr (std::is_convertible_v<T, const void*>) {
    std::printf("%p", static_cast<const void*>(value));
  } else {
    std::printf("(value)");
  }
}

template <typename A, typename B>
bool equal(const A& actual, const B& expected, const char* text, const char* file, int line) {
  ++checks;
  if (actual == expected) return true;
  fail(file, line, (std::string(text) + "\n").c_str());
  std::printf("    actual:   ");
  print(actual);
  std::printf("\n    expected: ");
  print(expected);
  std::printf("\n");
  return false;
}

inline int run(const char* part) {
  int passed = 0, failed = 0, skipped = 0;
  for (const Case& c : cases) {
    if (part != nullptr && std::strstr(c.name, part) == nullptr) continue;
    failures_in_case = 0;
    skip_reason = nullptr;
    c.body();
    if (failures_in_case > 0) {
      std::printf("FAILED  %s\n", c.name);
      ++failed;
    } else if (skip_reason != nullptr) {
      std::printf("skipped %s: %s\n", c.name, skip_reason);
      ++skipped;
    } else {
      std::printf("passed  %s\n", c.name);
      ++passed;
    }
    std::fflush(stdout);
  }
  std::printf("%ld checks\n", checks.load());
  // scripts/test-totals reads this line.
  std::printf("cases: %d passed, %d failed, %d skipped\n", passed, failed, skipped);
  if (failed > 0) return 1;
  return passed + skipped > 0 ? 0 : 2;
}

}  // namespace check

#define CHECK_JOIN2(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN2(a, b)
#define TEST(name)                                                                             \
  static void CHECK_JOIN(test_body_, __LINE__)();                                              \
  static const bool CHECK_JOIN(test_added_, __LINE__) =                                        \
      check::add(name, CHECK_JOIN(test_body_, __LINE__));                                      \
  static void CHECK_JOIN(test_body_, __LINE__)()

#define SCOPE(...) const check::Scope CHECK_JOIN(scope_, __LINE__)(__VA_ARGS__)

#define CHECK(condition)                                                                       \
  do {                                                                                         \
    ++check::checks;                                                                           \
    if (!(condition)) check::fail(__FILE__, __LINE__, "CHECK(" #condition ")\n");              \
  } while (0)
#define CHECK_EQ(actual, expected)                                                             \
  check::equal((actual), (expected), "CHECK_EQ(" #actual ", " #expected ")", __FILE__, __LINE__)
#define REQUIRE(condition)                                                                     \
  do {                                                                                         \
    ++check::checks;                                                                           \
    if (!(condition)) {                                                                        \
      check::fail(__FILE__, __LINE__, "REQUIRE(" #condition ")\n");                            \
      return;                                                                                  \
    }                                                                                          \
  } while (0)
#define SKIP(reason)                                                                           \
  do {                                                                                         \
    check::skip_reason = (reason);                                                             \
    return;                                                                                    \
  } while (0)

int main(int argc, char** argv) { return check::run(argc > 1 ? argv[1] : nullptr); }

#endif
