package bulwark.kernel.evidence.log;

import java.util.List;

/** Switched off: always unavailable, so that strict trust refuses and relaxed trust warns. */
final class DisabledTransparencyLog implements TransparencyLog {
    private final String setting;

    DisabledTransparencyLog(String setting) {
        this.setting = setting;
    }

    @Override
    public String backend() {
        return "off";
    }

    @Override
    public LogEntry append(LogLeaf leaf) throws LogUnavailable {
        throw off();
    }

    @Override
    public void ping() throws LogUnavailable {
        throw off();
    }

    private LogUnavailable off() {
        return new LogUnavailable("The transparency log is switched off (" + setting + ")", null);
    }

    @Override
    public List<String> fsck() {
        return List.of();
    }

    @Override
    public void close() {}
}
