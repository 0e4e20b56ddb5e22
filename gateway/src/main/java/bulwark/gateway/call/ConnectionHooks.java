package bulwark.gateway.call;

import java.util.function.Consumer;

/**
 * What a connection reports or asks beside the stages of a call. All of it runs on event loops and must not block. Thread-safe.
 *
 * @param recheck whether a call that stays open may go on: asked every second for its credential
 * @param opened hears of a call that stays open when it opens; it ends as every call does
 * @param lasting hears once of a call that is forwarded for five seconds already
 * @param unread hears of requests that no head could be read of
 */
public record ConnectionHooks(
        RequestStage recheck,
        Consumer<GatewayCall> opened,
        Consumer<GatewayCall> lasting,
        Consumer<UnreadHead> unread) {
    public static final ConnectionHooks NONE =
            new ConnectionHooks(RequestStage.PASS, call -> {}, call -> {}, head -> {});

    public ConnectionHooks withRecheck(RequestStage stage) {
        return new ConnectionHooks(stage, opened, lasting, unread);
    }
}
