# shellcheck shell=sh
# What the machine has to have, found or set up. Sourced by ./demo and ./check from the project's root.
# Every needs_... says in one sentence what to do where it cannot help, and then ends the script.

give_up() {
  printf '%s\n' "$*" >&2
  exit 1
}

# A JDK, 17 or newer, from JAVA_HOME or else from the PATH; JAVA_HOME is exported, so that Maven takes the same one.
needs_java() {
  if [ -z "${JAVA_HOME:-}" ]; then
    setup_javac=$(command -v javac) || give_up "mq-shop needs a JDK, 17 or newer: install one or point JAVA_HOME at it."
    JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$setup_javac")")")
  fi
  [ -x "$JAVA_HOME/bin/java" ] && [ -x "$JAVA_HOME/bin/javac" ] ||
    give_up "There is no JDK in $JAVA_HOME: point JAVA_HOME at a JDK, 17 or newer."
  setup_version=$("$JAVA_HOME/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p')
  [ "${setup_version:-0}" -ge 17 ] ||
    give_up "The JDK in $JAVA_HOME is version ${setup_version:-unknown}: point JAVA_HOME at a JDK, 17 or newer."
  export JAVA_HOME
}

needs_maven() {
  command -v mvn >/dev/null || give_up "mq-shop needs Maven, 3.8 or newer: install it, on Debian and Ubuntu with: sudo apt-get install maven"
  # The version is printed in bold where Maven thinks that somebody looks.
  setup_version=$(mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p' | head -n 1)
  setup_major=${setup_version% *} setup_minor=${setup_version#* }
  [ "${setup_major:-0}" -gt 3 ] || { [ "${setup_major:-0}" -eq 3 ] && [ "${setup_minor:-0}" -ge 8 ]; } ||
    give_up "This Maven is version $(echo "${setup_version:-unknown}" | tr ' ' .): mq-shop needs 3.8 or newer."
}

# The RabbitMQ server of the machine; the playground runs a private one from its files.
needs_rabbitmq() {
  [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || return 0
  command -v apt-get >/dev/null || give_up "RabbitMQ is not installed here: install rabbitmq-server by this system's package manager, or start Docker."
  [ "$(id -u)" = 0 ] || give_up "RabbitMQ is not installed here; type this once, and then again what you just did: sudo apt-get install -y rabbitmq-server"
  echo "Installing RabbitMQ by apt-get; its system service is not started." >&2
  ( # a shell of its own, so that its trap restores the machine however it ends
    setup_policy='' setup_epmd=" $(setup_epmds) "
    trap 'rm -f $setup_policy' EXIT
    trap 'exit 1' HUP INT TERM
    if [ ! -e /usr/sbin/policy-rc.d ]; then # Debian's way of telling packages not to start their services
      setup_policy=/usr/sbin/policy-rc.d
      printf '#!/bin/sh\nexit 101\n' >$setup_policy
      chmod 755 $setup_policy
    fi
    setup_install rabbitmq-server || exit 1
    # With systemd the policy does not keep the package's own unit from being enabled: the next boot would start it.
    if [ -n "$setup_policy" ] && [ -d /run/systemd/system ]; then
      systemctl disable --quiet rabbitmq-server 2>/dev/null || true
    fi
    for setup_pid in $(setup_epmds); do # Erlang's port mapper, if the installation left one running
      case $setup_epmd in *" $setup_pid "*) ;; *) kill "$setup_pid" 2>/dev/null || true ;; esac
    done
  ) || give_up "RabbitMQ could not be installed (see above): install the package rabbitmq-server by hand, or start Docker."
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || give_up "The package rabbitmq-server has no /usr/lib/rabbitmq/bin/rabbitmq-server here: use Docker."
}

# Python with pika, for the example of a subscriber in another language: the system's, which its packages are for.
needs_pika() {
  ! /usr/bin/python3 -c 'import pika' 2>/dev/null || return 0
  command -v apt-get >/dev/null || give_up "Python's pika is not installed here: install python3 and python3-pika by this system's package manager."
  [ "$(id -u)" = 0 ] || give_up "Python's pika is not installed here; type this once, and then again what you just did: sudo apt-get install -y python3 python3-pika"
  echo "Installing Python's pika by apt-get." >&2
  setup_install python3 python3-pika || give_up "Python's pika could not be installed (see above): install the packages python3 and python3-pika by hand."
  /usr/bin/python3 -c 'import pika' || give_up "The package python3-pika does not serve /usr/bin/python3 here: install one that does."
}

# Installs packages. The package lists may be missing or name files that are gone; they are fetched only then.
setup_install() (
  setup_log=$(mktemp)
  trap 'rm -f "$setup_log"' EXIT
  trap 'exit 1' HUP INT TERM
  setup_get() { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }
  setup_get "$@" >"$setup_log" 2>&1 || { apt-get update && setup_get "$@"; } >"$setup_log" 2>&1 || {
    tail -n 20 "$setup_log" >&2
    exit 1
  }
)

setup_epmds() {
  for setup_comm in /proc/[0-9]*/comm; do
    [ "$(cat "$setup_comm" 2>/dev/null)" != epmd ] || { setup_dir=${setup_comm%/comm} && printf '%s ' "${setup_dir#/proc/}"; }
  done
}

# True where an engine answers, compose is version 2 or newer, and every image is here or its registry has it for us:
# an engine that answers but reaches no registry is of no use. Images by argument, else those that compose would want.
# The registry has MQSHOP_PULL_TIMEOUT seconds (10) to answer.
docker_usable() {
  command -v docker >/dev/null && timeout 5 docker info >/dev/null 2>&1 || return 1
  case $(timeout 5 docker compose version --short 2>/dev/null) in '' | v1* | 1.* | 0.*) return 1 ;; esac
  [ $# -gt 0 ] || { setup_images=$(docker_images) && [ -n "$setup_images" ] || return 1; }
  setup_asked=''
  for setup_image in ${*:-$setup_images}; do
    docker image inspect "$setup_image" >/dev/null 2>&1 && continue
    timeout "${MQSHOP_PULL_TIMEOUT:-10}" docker manifest inspect "$setup_image" >/dev/null 2>&1 &
    setup_asked="$setup_asked $!"
  done
  setup_answer=0
  for setup_pid in $setup_asked; do wait "$setup_pid" || setup_answer=1; done
  return $setup_answer
}

# The images that docker compose up has to get from somewhere: those of services that are not built here, and those
# that our Dockerfiles build upon.
docker_images() {
  timeout 20 docker compose config 2>/dev/null | awk '
    function flush() { if (service && image && !build) print image; service = image = build = "" }
    /^[^ ]/ { flush(); inside = /^services:/ }
    inside && /^  [^ ]/ { flush(); service = $1 }
    inside && /^    image:/ { image = $2 }
    inside && /^    build:/ { build = 1 }
    END { flush() }' | sort -u
  find . -maxdepth 3 -name 'Dockerfile*' -not -path '*/target/*' -exec awk '
    toupper($1) == "FROM" {
      name = $2; if (name ~ /^--/) name = $3
      if (!(name in stage) && name != "scratch" && name !~ /\$/) print name
      if (toupper($(NF - 1)) == "AS") stage[$NF]
    }' {} + | sort -u
}
