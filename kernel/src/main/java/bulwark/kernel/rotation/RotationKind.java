package bulwark.kernel.rotation;

import bulwark.kernel.keys.Expiry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One kind of key that can be replaced in a running deployment. Its effects (announce, promote, limit, retire, destroy, withdraw) are idempotent: a kill may come anywhere within one, and it is
 * carried out again as a whole. Its questions look at what runs and believe no file that this kind itself wrote; each answers with what is missing, by name, and with nothing when all is well.
 * Used by one thread.
 */
public interface RotationKind {
    /** For the command line, for instance {@code signing-key}; never changes. */
    String name();

    /** What is replaced, as a phrase. */
    String description();

    /** Two kinds of one group change the same files: only one of them rotates at a time. */
    default String group() {
        return name();
    }

    /** Age and end of the key in use; empty when there is none here. */
    Optional<Expiry> expiry() throws IOException, InterruptedException;

    /**
     * Whether {@link #expiry} neither opens a secret nor asks an owner's socket, so that a process may look again and again which is trusted with neither: a worker, which runs other people's code.
     */
    default boolean isAgePublic() {
        return true;
    }

    /** How long the old key is accepted beside the new one, unless the caller says otherwise. */
    Duration window();

    /**
     * Chooses names for the new key and notes those of the old one; changes nothing.
     *
     * @param id of the rotation: letters, digits and hyphens
     */
    Map<String, String> plan(String id) throws IOException, InterruptedException;

    /** Makes the new key and gives verifiers what they need to accept it. */
    void announce(RotationRecord rotation) throws IOException, InterruptedException;

    /** Which verifiers do not accept the new key yet. */
    List<String> unconfirmed(RotationRecord rotation) throws IOException, InterruptedException;

    /** Gives the new key to those who sign. */
    void promote(RotationRecord rotation) throws IOException, InterruptedException;

    /** Which signers do not use the new key yet. */
    List<String> notUsing(RotationRecord rotation) throws IOException, InterruptedException;

    /** Tells verifiers when the old key ends, where they can be told: {@link RotationRecord#retireAt}. */
    default void limit(RotationRecord rotation) throws IOException, InterruptedException {}

    /** Takes the old key from verifiers. */
    void retire(RotationRecord rotation) throws IOException, InterruptedException;

    /** Which verifiers accept the old key still. */
    List<String> stillAccepting(RotationRecord rotation) throws IOException, InterruptedException;

    /** Deletes the secret of the old key, wherever it lies. */
    void destroy(RotationRecord rotation) throws IOException, InterruptedException;

    /** Takes the new key from verifiers and deletes it; only before it was promoted. */
    void withdraw(RotationRecord rotation) throws IOException, InterruptedException;
}
