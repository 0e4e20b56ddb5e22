package bulwark.kernel.rotation;

import java.util.Locale;

/** How far a rotation has come. Each state has an effect, which may be repeated: it begins once the state stands in the journal. */
public enum RotationState {
    /** The names of the new key and the old one are chosen; nothing was made. */
    PLANNED,
    /** The new key is made, and verifiers are given its public half. */
    ANNOUNCED,
    /** Every verifier was seen to know the new key. */
    CONFIRMED,
    /** The new key is handed to those who sign. From here on there is no way back. */
    PROMOTED,
    /** Every signer was seen to use the new key; the old one is accepted until the end of the window. */
    RETIRING,
    /** Verifiers are told to accept the old key no more. */
    RETIRED,
    /** The old key was seen to be refused; its secret is deleted. */
    DESTROYED,
    /** Given up before the new key was in use; the new key is withdrawn and deleted. */
    ABANDONED;

    /** Whether nothing comes after it. */
    public boolean isLast() {
        return this == DESTROYED || this == ABANDONED;
    }

    /** Whether nobody can have used the new key yet. */
    public boolean canBeAbandoned() {
        return this == PLANNED || this == ANNOUNCED || this == CONFIRMED;
    }

    /** In lower case, as the journal and the commands write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException for another word */
    static RotationState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
