# Sourced by ./bulwark test. Brings podman with all that it stands on; as root it runs containers, and CONTAINERS_CONF says how (bulwark.testkit.ContainerEngine).
container_packages=(podman conmon runc catatonit netavark aardvark-dns iptables golang-github-containers-common golang-github-containers-image
  libdevmapper1.02.1 libgpgme11 libassuan0 libgpg-error0 libsubid4 libseccomp2 libglib2.0-0 libsystemd0
  libip4tc2 libip6tc2 libxtables12 libmnl0 libnetfilter-conntrack3 libnfnetlink0 libnftnl11)

bring_containers() {
  bring podman "${container_packages[@]}"
}
