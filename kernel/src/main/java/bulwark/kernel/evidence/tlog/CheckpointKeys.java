package bulwark.kernel.evidence.tlog;

import java.util.List;
import java.util.function.Function;

/**
 * Who signs the checkpoints of a log, once the log knows its name.
 *
 * @param signer of the key that is current now, for an origin
 * @param trusted keys whose checkpoints are believed, for an origin: the current and former ones that are not distrusted
 */
public record CheckpointKeys(Function<String, CheckpointSigner> signer, Function<String, List<NoteKey>> trusted) {}
