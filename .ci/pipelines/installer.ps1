# Tries install.ps1 on Windows, with PowerShell 7 and with Windows' own 5.1: a release of this commit from a loopback server, one
# with a wrong checksum, one without, and none. What must not be installed must not be there.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '../..')
$work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
$version = (Select-String -Path Cargo.toml -Pattern '^version = "(.*)"' | Select-Object -First 1).Matches.Groups[1].Value
$target = 'x86_64-pc-windows-msvc'
cargo build --locked --bin jira-build-status
bash .ci/pack $target target/debug/jira-build-status.exe "$work/good".Replace('\', '/')
if ($LASTEXITCODE -ne 0) { throw 'packing failed' }
foreach ($name in 'wrong', 'unsummed') { Copy-Item -Recurse "$work/good" "$work/$name" }
Set-Content "$work/wrong/jira-build-status-$target.zip.sha256" (('0' * 64) + "  jira-build-status-$target.zip")
Remove-Item "$work/unsummed/*.sha256"
New-Item -ItemType Directory "$work/none" | Out-Null
$failed = 0
foreach ($shell in 'pwsh', 'powershell') {
  foreach ($release in 'good', 'wrong', 'unsummed', 'none') {
    $server = Start-Process python -ArgumentList '.ci/pipelines/releases.py', "$work/$release", $version -PassThru -NoNewWindow -RedirectStandardOutput "$work/port" -RedirectStandardError "$work/requests"
    while (-not (Get-Content "$work/port" -ErrorAction SilentlyContinue)) { Start-Sleep -Milliseconds 100 }
    $env:RELEASES_URL = "http://127.0.0.1:$((Get-Content "$work/port").Trim())/OWNER/jira-build-status/releases"
    $env:VERSION = $version
    $env:BIN_DIR = "$work/bin-$shell-$release"
    & $shell -NoProfile -ExecutionPolicy Bypass -File install.ps1
    $code = $LASTEXITCODE
    $installed = Test-Path "$env:BIN_DIR/jira-build-status.exe"
    Stop-Process $server
    Remove-Item "$work/port"
    $right = if ($release -eq 'good') { $code -eq 0 -and $installed } else { $code -eq 1 -and -not $installed }
    Write-Output "${shell}, ${release}: exit $code, installed: $installed"
    if (-not $right) { $failed++ }
  }
}
exit $failed
