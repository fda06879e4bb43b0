package io.github.bitnet4j.ffi;

import static io.github.bitnet4j.bindings.BitNetNative.BN_ERROR_KERNEL_LIMIT;
import static io.github.bitnet4j.bindings.BitNetNative.BN_ERROR_KERNEL_NOT_RUNNABLE;
import static io.github.bitnet4j.bindings.BitNetNative.BN_ERROR_KERNEL_RESULT;
import static io.github.bitnet4j.bindings.BitNetNative.BN_ERROR_KERNEL_TABLE;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_kernel_fault;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens shared libraries with kernels and registers what they hold. They stay open until the
 * process ends, since a registered build does.
 */
final class KernelLoader {
  private static final String TABLE_FUNCTION = "bn_kernel_build";
  private static final String DOT_FUNCTION = "ggml_vec_dot_i2_i8_s";

  private static final String REBUILD =
      "; compile it against the bitnet_kernels.h of this bitnet4j";

  /** {@code const void* f(void)}. */
  private static final FunctionDescriptor ADDRESS_OF_NOTHING =
      FunctionDescriptor.of(ValueLayout.ADDRESS);

  /** {@code void* dlopen(const char* path, int flags)}. */
  private static final FunctionDescriptor OPEN =
      FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

  private static final int RTLD_LAZY = 1;

  private KernelLoader() {}

  /** Registers the table that a library's {@value #TABLE_FUNCTION} returns; gives its index. */
  static int load(Path library) {
    NativeLibrary.load();
    MemorySegment function =
        find(library, TABLE_FUNCTION, "a kernel build for bitnet4j exports a function %s");
    MemorySegment table = call(function);
    if (table.equals(MemorySegment.NULL)) {
      throw refused("%s: its %s returned no kernel table".formatted(library, TABLE_FUNCTION));
    }
    return register(
        library, (kernel, fault) -> BitNetNative.bn_kernel_register(table, kernel, fault));
  }

  /** Registers a library's {@value #DOT_FUNCTION}; gives the index of its build. */
  static int loadBitnetCpp(Path library) {
    NativeLibrary.load();
    MemorySegment function =
        find(
            library,
            DOT_FUNCTION,
            "bitnet.cpp's kernel is a function %s, in its libggml or libggml-cpu");
    return register(
        library, (kernel, fault) -> BitNetNative.bn_kernel_register_dot(function, kernel, fault));
  }

  private static MemorySegment find(Path library, String function, String expectation) {
    return open(library)
        .find(function)
        .orElseThrow(
            () ->
                refused(
                    "%s has no function %s: %s"
                        .formatted(library, function, expectation.formatted("of that name"))));
  }

  private static SymbolLookup open(Path library) {
    Path file = library.toAbsolutePath();
    if (!Files.exists(file)) {
      throw refused(library + ": no such file; name the shared library with the kernels");
    }
    if (!Files.isRegularFile(file)) {
      throw refused(library + " is no file; name the shared library with the kernels");
    }
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new NativeLibraryException(
          "%s cannot be loaded: %s".formatted(library, reason(file, e)), e);
    }
  }

  /**
   * Why a file cannot be loaded. A symbol lookup does not pass on what the operating system says,
   * so it is asked again where that can be done.
   */
  private static String reason(Path file, IllegalArgumentException failure) {
    SymbolLookup system = Linker.nativeLinker().defaultLookup();
    Optional<MemorySegment> dlopen = system.find("dlopen");
    Optional<MemorySegment> dlerror = system.find("dlerror");
    if (dlopen.isEmpty() || dlerror.isEmpty()) {
      return "it is no shared library for this machine, or one that it needs is missing";
    }
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle open = downcall(dlopen.get(), OPEN);
      MethodHandle error = downcall(dlerror.get(), ADDRESS_OF_NOTHING);
      // The message is the thread's last one, so both calls are linked before the one that fails.
      var before = (MemorySegment) error.invokeExact();
      var library =
          (MemorySegment) open.invokeExact(arena.allocateFrom(file.toString()), RTLD_LAZY);
      var message = (MemorySegment) error.invokeExact();
      if (!library.equals(MemorySegment.NULL) || message.equals(MemorySegment.NULL)) {
        return failure.getMessage();
      }
      String text = message.reinterpret(Long.MAX_VALUE).getString(0);
      String prefix = file + ": ";
      return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static MethodHandle downcall(MemorySegment function, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(function, descriptor);
  }

  /** A downcall throws nothing but what the JVM itself throws. */
  private static Error unexpected(Throwable e) {
    if (e instanceof RuntimeException failure) {
      throw failure;
    }
    return e instanceof Error error ? error : new AssertionError(e);
  }

  private static MemorySegment call(MemorySegment function) {
    try {
      return (MemorySegment) downcall(function, ADDRESS_OF_NOTHING).invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @FunctionalInterface
  private interface Registration {
    int apply(MemorySegment kernel, MemorySegment fault);
  }

  private static int register(Path library, Registration registration) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment kernel = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment fault = bn_kernel_fault.allocate(arena);
      bn_kernel_fault.size(fault, (int) bn_kernel_fault.sizeof());
      int status = registration.apply(kernel, fault);
      if (status == BN_ERROR_KERNEL_NOT_RUNNABLE()) {
        throw refused(
            library + ": this CPU or operating system lacks what the kernel build requires");
      } else if (status == BN_ERROR_KERNEL_TABLE()) {
        throw refused(library + ": " + tableFault(fault));
      } else if (status == BN_ERROR_KERNEL_RESULT()) {
        throw refused(library + ": " + resultFault(fault));
      } else if (status == BN_ERROR_KERNEL_LIMIT()) {
        throw refused(
            library
                + ": no room for its kernel build; a process takes 32, and 8 of bitnet.cpp's kind");
      }
      Status.check(status, "registering the kernels of " + library);
      return kernel.get(ValueLayout.JAVA_INT, 0);
    }
  }

  private static String tableFault(MemorySegment fault) {
    String entry = bn_kernel_fault.entry(fault).getString(0);
    return switch (entry) {
      case "version", "size" ->
          "its kernel table has %s %s, and this bitnet4j takes %s%s"
              .formatted(
                  entry,
                  number(bn_kernel_fault.actual(fault)),
                  number(bn_kernel_fault.expected(fault)),
                  REBUILD);
      case "name" ->
          "its kernel build's name is not 1 to 31 letters, digits, - and _, or another build's";
      case "description" ->
          "its kernel build's description is not a line of 1 to 159 ASCII letters";
      case "functions" -> "its kernel table has no functions";
      default ->
          "its kernel table's %s is not in the range that bitnet_kernels.h gives".formatted(entry);
    };
  }

  private static String resultFault(MemorySegment fault) {
    String entry = bn_kernel_fault.entry(fault).getString(0);
    String actual = number(bn_kernel_fault.actual(fault));
    String expected = number(bn_kernel_fault.expected(fault));
    long n = bn_kernel_fault.n(fault);
    return entry.equals("dot")
        ? "its %s gives %s for %d weights where %s is right; it must read blocks of 128 weights, as on x86"
            .formatted(DOT_FUNCTION, actual, n, expected)
        : "its %s differs from the scalar build's: on an input of %d, element %d is %s, not %s"
            .formatted(entry, n, bn_kernel_fault.index(fault), actual, expected);
  }

  /** Whole numbers without a fraction; the values are floats or small integers. */
  private static String number(double value) {
    boolean whole = value == (int) value && !Double.valueOf(value).equals(-0.0);
    return whole ? Integer.toString((int) value) : Float.toString((float) value);
  }

  private static NativeLibraryException refused(String message) {
    return new NativeLibraryException(message, null);
  }
}
