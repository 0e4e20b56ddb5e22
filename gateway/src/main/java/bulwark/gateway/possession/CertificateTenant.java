package bulwark.gateway.possession;

import bulwark.gateway.permission.RoleTable;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** The tenant that the subject of a client certificate names: its one organisation (O), where that is written as tenants are. */
final class CertificateTenant {
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String ORGANISATION = "O";

    private CertificateTenant() {}

    /** @param subject RFC 2253 @return null when it names none, or the platform's own */
    static @Nullable String of(String subject) {
        try {
            Optional<String> organisation = new LdapName(subject)
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase(ORGANISATION))
                            .map(Rdn::getValue)
                            .map(value -> value instanceof String text ? text : "")
                            // Two of them name no one tenant.
                            .reduce((one, other) -> "");
            return organisation
                    .filter(name -> TENANT.matcher(name).matches() && !name.equals(RoleTable.PLATFORM))
                    .orElse(null);
        } catch (InvalidNameException e) {
            return null;
        }
    }
}
