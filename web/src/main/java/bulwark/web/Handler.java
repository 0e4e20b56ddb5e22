package bulwark.web;

import org.jspecify.annotations.Nullable;

/** Answers one request; runs on a virtual thread unless its route is marked fast. Throws a part's refusal, which the part's error mapping renders. */
@FunctionalInterface
public interface Handler {
    /** @return the answer; null only from a fast route on the event loop, which asks to be called again on a virtual thread */
    @Nullable
    Response handle(Request request);
}
