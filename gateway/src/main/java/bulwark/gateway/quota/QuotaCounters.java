package bulwark.gateway.quota;

import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaPlan;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where calls are counted: in this process, or together with other gateways. Thread-safe; never blocks. */
public interface QuotaCounters extends AutoCloseable {
    /** Decides at once; null when that takes a word with the other gateways, which {@link #reserve} has. */
    @Nullable
    QuotaDecision tryReserve(String consumer, QuotaPlan plan);

    /** Decides within 50 ms, whatever becomes of the store. Completed by another thread. */
    CompletionStage<QuotaDecision> reserve(String consumer, QuotaPlan plan);

    @Override
    void close();
}
