package bulwark.facts.chain;

import bulwark.facts.fact.Fact;
import bulwark.facts.fact.FactListener;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;

/** The hash chain over all facts of a tenant (spec §2.9), its checkpoints and its verification. Thread-safe. */
public abstract class FactChain implements FactListener {
    @Override
    public abstract void inserted(WriteTx tx, Fact fact) throws SQLException;

    /** Verifies what is new since the last call (everything, the first time in this process). @throws bulwark.facts.Refusal.Coded 409 fact_chain_mismatch */
    public abstract ChainProof prove(String tenant);
}
