package bulwark.gateway.fetch;

/** What another server answered, whole. */
public record FetchAnswer(int status, byte[] body) {}
