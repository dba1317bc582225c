exports.run = async () => console.log(`VS Code ${require('vscode').version}`);
