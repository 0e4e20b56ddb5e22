package bulwark.gateway.call;

/** Hears of the end of a call: writes its decision record, gives back what was reserved. Runs on the event loop and must not block or throw. */
@FunctionalInterface
public interface CallEndListener {
    /** @param call with its {@link GatewayCall#outcome outcome}; its head and slots stay readable */
    void ended(GatewayCall call);
}
