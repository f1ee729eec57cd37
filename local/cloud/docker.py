"""The docker command, and the images and network of a Docker engine."""

import ipaddress
import json
import subprocess

from local.project import PROJECT

_BUILD_S = 1800
_SHOWN = 2000  # characters of a failed command's output in its error


class DockerError(Exception):
    """No Docker engine answers, or a docker command failed."""


def docker(*arguments: str, timeout_s: float = 300) -> str:
    """Run a docker command in the project's folder and return its output.

    Raises:
        DockerError: there is no such command, it failed, or it timed out.
    """
    command = ["docker", *arguments]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DockerError(f"docker {arguments[0]}: {error}") from error
    if done.returncode:
        output = "\n".join(text.strip()[-_SHOWN:] for text in (done.stdout, done.stderr) if text)
        raise DockerError(f"docker {arguments[0]}: {output}")
    return done.stdout


def build(function: str, python_version: str) -> str:
    """Build a function's image as `make images` does, and return its ID.

    Args:
        function: "response" or "timewindow".
        python_version: a Python version with a lock file, such as "3.10".

    Raises:
        DockerError: the build failed, for example because the base image is not available.
    """
    arguments = ["--build-arg", f"PYTHON_VERSION={python_version}", "-f", f"Dockerfile.{function}"]
    return docker("build", "--quiet", *arguments, ".", timeout_s=_BUILD_S).split()[-1]


def image_bytes(image: str) -> int:
    """Return the size of an image in bytes, uncompressed. Registries store compressed layers.

    Raises:
        DockerError: no Docker engine answers, or it has no such image.
    """
    return int(docker("image", "inspect", "--format", "{{.Size}}", image))


def base_digest(python_version: str) -> str:
    """Return the digest of AWS's base image, or "" for a stand-in that was built locally.

    Raises:
        DockerError: the engine has no such image.
    """
    name = f"public.ecr.aws/lambda/python:{python_version}"
    digests = json.loads(docker("image", "inspect", "--format", "{{json .RepoDigests}}", name))
    return str(digests[0]).partition("@")[2] if digests else ""


def bridge_address() -> str:
    """Return this machine's address on the containers' network.

    Raises:
        DockerError: no engine answers, or it has no such network.
    """
    (network,) = json.loads(docker("network", "inspect", "bridge"))
    subnet = network["IPAM"]["Config"][0]
    # An engine that chose the subnet itself may not report the gateway: it is the first address.
    return subnet.get("Gateway") or str(next(ipaddress.ip_network(subnet["Subnet"]).hosts()))
