package bulwark.kernel.signing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/** Builds X.509 v3 certificates (RFC 5280, RFC 8410) in DER. */
final class CertificateFactory {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SERIAL_BITS = 127;

    private CertificateFactory() {}

    /** What a leaf certificate says. */
    record Leaf(CertificateSubject subject, PublicKey key, Instant notBefore, Instant notAfter) {}

    static KeyPair newKeyPair(CertificateKey kind) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.keyAlgorithm(), "SunEC");
            if (kind == CertificateKey.P256) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + kind.keyAlgorithm(), e);
        }
    }

    /** A CRL (RFC 5280, section 5) of these certificates. */
    static byte[] revocationList(
            X509Certificate issuer, PrivateKey issuerKey, List<X509Certificate> revoked, Instant from, Instant until)
            throws IOException {
        X500Name issuerName =
                X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
        X509v2CRLBuilder builder = new X509v2CRLBuilder(issuerName, Date.from(from));
        builder.setNextUpdate(Date.from(until));
        for (X509Certificate certificate : revoked) {
            builder.addCRLEntry(certificate.getSerialNumber(), Date.from(from), CRLReason.privilegeWithdrawn);
        }
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                identifiers().createAuthorityKeyIdentifier(issuer.getPublicKey()));
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(from.toEpochMilli())));
        return builder.build(signer(issuerKey)).getEncoded();
    }

    static byte[] authority(String commonName, KeyPair pair, Instant notBefore, Instant notAfter) throws IOException {
        X500Name name = name(commonName);
        X509v3CertificateBuilder builder = builder(name, name, pair.getPublic(), notBefore, notAfter);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, identifiers().createSubjectKeyIdentifier(pair.getPublic()));
        return signed(builder, pair.getPrivate());
    }

    static byte[] leaf(Leaf leaf, X509Certificate issuer, PrivateKey issuerKey) throws IOException {
        X500Name issuerName =
                X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder =
                builder(issuerName, name(leaf.subject().commonName()), leaf.key(), leaf.notBefore(), leaf.notAfter());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, purposes(leaf.subject()));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, identifiers().createSubjectKeyIdentifier(leaf.key()));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                identifiers().createAuthorityKeyIdentifier(issuer.getPublicKey()));
        GeneralName[] names = alternativeNames(leaf.subject());
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        return signed(builder, issuerKey);
    }

    private static ExtendedKeyUsage purposes(CertificateSubject subject) {
        List<KeyPurposeId> purposes = new ArrayList<>();
        if (subject.server()) {
            purposes.add(KeyPurposeId.id_kp_serverAuth);
        }
        if (subject.client()) {
            purposes.add(KeyPurposeId.id_kp_clientAuth);
        }
        return new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new));
    }

    private static GeneralName[] alternativeNames(CertificateSubject subject) {
        List<GeneralName> names = new ArrayList<>();
        if (subject.uri() != null) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, subject.uri()));
        }
        for (String host : subject.hosts()) {
            names.add(new GeneralName(IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        return names.toArray(GeneralName[]::new);
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant notBefore, Instant notAfter) {
        return new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE),
                Date.from(notBefore),
                Date.from(notAfter),
                subject,
                SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    }

    private static JcaX509ExtensionUtils identifiers() {
        try {
            return new JcaX509ExtensionUtils();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-1, which names keys here and signs nothing", e);
        }
    }

    private static byte[] signed(X509v3CertificateBuilder builder, PrivateKey key) throws IOException {
        return builder.build(signer(key)).getEncoded();
    }

    private static ContentSigner signer(PrivateKey key) {
        try {
            return new JcaContentSignerBuilder(
                            CertificateKey.of(key.getAlgorithm()).signatureAlgorithm())
                    .setProvider("SunEC")
                    .build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("the JDK cannot sign a certificate", e);
        }
    }
}
