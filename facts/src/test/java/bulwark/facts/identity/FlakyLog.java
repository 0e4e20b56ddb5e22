package bulwark.facts.identity;

import bulwark.kernel.evidence.log.LogEntry;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog;
import java.util.List;

/** A real log that can be told to be away for a while. */
final class FlakyLog implements TransparencyLog {
    private final TransparencyLog log;
    private volatile boolean down;

    FlakyLog(TransparencyLog log) {
        this.log = log;
    }

    void breakDown() {
        down = true;
    }

    void recover() {
        down = false;
    }

    @Override
    public String backend() {
        return log.backend();
    }

    @Override
    public LogEntry append(LogLeaf leaf) throws LogUnavailable {
        ping();
        return log.append(leaf);
    }

    @Override
    public void ping() throws LogUnavailable {
        if (down) {
            throw new LogUnavailable("it is down", null);
        }
    }

    @Override
    public List<String> fsck() {
        return log.fsck();
    }

    @Override
    public void close() {
        log.close();
    }
}
