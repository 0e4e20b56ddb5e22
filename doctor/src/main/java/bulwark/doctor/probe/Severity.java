package bulwark.doctor.probe;

import java.util.Locale;

/** What a refuted control costs. */
public enum Severity {
    /** Keys, evidence or every caller's data are open to somebody. */
    CRITICAL,
    /** One boundary is gone; others still stand before the data. */
    HIGH,
    /** An attacker's work becomes easier, or an operator learns of it later. */
    MEDIUM,
    LOW;

    /** As reports write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
