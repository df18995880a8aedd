// Runs pytest in Pyodide, in the folder it is called from: node .ci/pyodide.mjs PYODIDE PACKAGES ARGUMENT...
import { pathToFileURL } from "node:url";

const [pyodidePath, packages, ...pytestArguments] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(pyodidePath));
const pyodide = await loadPyodide();
pyodide.mountNodeFS("/packages", packages);
pyodide.mountNodeFS("/checkout", process.cwd());
pyodide.globals.set("pytest_arguments", pyodide.toPy(pytestArguments));
try {
    process.exitCode = pyodide.runPython(`
import os, sys
os.chdir("/checkout")
sys.path[:0] = ["/checkout", "/checkout/.ci", "/packages"]
sys.dont_write_bytecode = True
import pytest
int(pytest.main(pytest_arguments))
`);
} catch (error) {
    console.error(error.message); // left to itself, Node prints the line that threw, of a megabyte
    process.exitCode = 1;
}
