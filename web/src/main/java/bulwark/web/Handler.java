package bulwark.web;

/** Answers one request; runs on a virtual thread unless its route is marked fast. Throws a part's refusal, which the part's error mapping renders. */
@FunctionalInterface
public interface Handler {
    Response handle(Request request);
}
