package bulwark.kernel.evidence;

import java.util.List;

/** {@code STIGMEM_TL_BACKEND=off}: always unavailable, so that strict trust refuses and relaxed trust warns. */
final class DisabledTransparencyLog implements TransparencyLog {
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

    private static LogUnavailable off() {
        return new LogUnavailable("The transparency log is switched off (STIGMEM_TL_BACKEND=off)", null);
    }

    @Override
    public List<String> fsck() {
        return List.of();
    }

    @Override
    public void close() {}
}
