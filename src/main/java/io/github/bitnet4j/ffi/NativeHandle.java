package io.github.bitnet4j.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/**
 * A pointer to a native object, owned from the moment it appears. Closing twice is harmless;
 * closing while a call is running in another thread, or using it afterwards, is an {@link
 * IllegalStateException}.
 */
abstract class NativeHandle implements AutoCloseable {
  private final Arena arena;
  private final MemorySegment address;

  /** A create function: stores the new object's address in the out parameter, returns a status. */
  interface Factory {
    int create(MemorySegment out, Arena scratch);
  }

  NativeHandle(String doing, Factory factory, Consumer<MemorySegment> destroy) {
    NativeLibrary.load();
    arena = Arena.ofShared();
    boolean created = false;
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment out = scratch.allocate(ValueLayout.ADDRESS);
      Status.check(factory.create(out, scratch), doing);
      address = out.get(ValueLayout.ADDRESS, 0).reinterpret(arena, destroy);
      created = true;
    } finally {
      if (!created) {
        arena.close();
      }
    }
  }

  /** The native address; a call with it fails with {@link IllegalStateException} once closed. */
  final MemorySegment address() {
    return address;
  }

  /** Frees the native object. */
  @Override
  public final void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
