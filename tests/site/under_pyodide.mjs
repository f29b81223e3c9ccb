// node under_pyodide.mjs DISTRIBUTION REPOSITORY [PAGE ...]: runs the pages with the wheels that the book serves.
import { readdirSync, readFileSync } from "node:fs";

const [distribution, repository, ...pages] = process.argv.slice(2);
const { loadPyodide } = await import(`${distribution}/pyodide.mjs`);
const py = await loadPyodide({ indexURL: `${distribution}/`, env: {
  PAGES: pages.join(" "), HOME: "/home/pyodide", MPLBACKEND: "module://matplotlib_inline.backend_inline",
} });
await py.loadPackage(["ipython", "matplotlib", "numpy", "sympy", "tqdm", "typing-extensions"], { messageCallback() {} });
const extractDir = py.runPython("import site; site.getsitepackages()[0]");
const wheels = `${repository}/_build/html/lite/pypi`;
for (const name of readdirSync(wheels).filter(name => name.endsWith(".whl"))) {
  py.unpackArchive(new Uint8Array(readFileSync(`${wheels}/${name}`)), "wheel", { extractDir });
}
py.mountNodeFS("/repository", repository);
py.runPython("import sys; sys.path += ['/repository/scripts', '/repository/tests/site']");
await py.runPythonAsync(readFileSync(`${repository}/tests/site/under_pyodide.py`, "utf8"));
