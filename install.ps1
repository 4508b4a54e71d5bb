# Installs jira-build-status from a release, for Windows. Needs PowerShell 5.1 or later and no administrator:
#
#   Invoke-WebRequest -UseBasicParsing https://github.com/OWNER/jira-build-status/releases/download/v0.1.0/install.ps1 -OutFile install.ps1
#   $env:VERSION = '0.1.0'; powershell -ExecutionPolicy Bypass -File install.ps1
#
# VERSION, BIN_DIR (%LOCALAPPDATA%\Programs\jira-build-status) and RELEASES_URL mean what they do for install.sh.
# The archive's checksum is always compared, and gh verifies its attestation where it can. If either is wrong, nothing is installed.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # the bar makes a download slow
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

$repository = 'OWNER/jira-build-status'
$version = if ($env:VERSION) { $env:VERSION -replace '^v', '' } else { 'latest' }
$releases = if ($env:RELEASES_URL) { $env:RELEASES_URL } else { "https://github.com/$repository/releases" }
$bin = if ($env:BIN_DIR) { $env:BIN_DIR } else { Join-Path $env:LOCALAPPDATA 'Programs\jira-build-status' }
# Windows on ARM runs it, too.
$target = 'x86_64-pc-windows-msvc'
$archive = "jira-build-status-$target.zip"
$work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())

try {
  if ($version -notmatch '^[0-9A-Za-z.+-]+$') { throw "VERSION is $version, not a version such as 0.1.0" }
  $from = if ($version -eq 'latest') { "$releases/latest/download" } else { "$releases/download/v$version" }
  New-Item -ItemType Directory -Path $work | Out-Null
  foreach ($file in $archive, "$archive.sha256") {
    try { Invoke-WebRequest -UseBasicParsing -TimeoutSec 300 -Uri "$from/$file" -OutFile (Join-Path $work $file) }
    catch { throw "$from/$file cannot be downloaded: $($_.Exception.Message)" }
  }
  $wanted = ((Get-Content (Join-Path $work "$archive.sha256") -TotalCount 1) -split '\s+')[0]
  if ($wanted -notmatch '^[0-9a-f]{64}$') { throw "$from/$archive.sha256 is not a checksum" }
  $found = (Get-FileHash -Algorithm SHA256 (Join-Path $work $archive)).Hash.ToLowerInvariant()
  if ($found -ne $wanted) { throw "the checksum of $archive is $found, not $wanted" }

  $attestation = 'the attestation was not verified: there is no gh here that is logged in'
  if (Get-Command gh -ErrorAction SilentlyContinue) {
    # What a program writes to standard error is no error of PowerShell's.
    $ErrorActionPreference = 'Continue'
    gh auth status --hostname github.com *> $null
    if ($LASTEXITCODE -eq 0) {
      gh attestation verify (Join-Path $work $archive) --repo $repository
      if ($LASTEXITCODE -ne 0) { throw "its attestation is not that of $repository" }
      $attestation = "the attestation is that of $repository"
    }
    $ErrorActionPreference = 'Stop'
  }

  Expand-Archive -Path (Join-Path $work $archive) -DestinationPath $work
  $folder = if ($version -eq 'latest') { "jira-build-status-*-$target" } else { "jira-build-status-$version-$target" }
  $program = Get-Item (Join-Path $work "$folder\jira-build-status.exe") -ErrorAction SilentlyContinue | Select-Object -First 1
  if (-not $program) { throw "$archive does not hold version $version" }
  $said = & $program.FullName --version
  if ($LASTEXITCODE -ne 0) { throw 'the program does not run here' }
  New-Item -ItemType Directory -Force -Path $bin | Out-Null
  Copy-Item -Force $program.FullName (Join-Path $bin 'jira-build-status.exe')
  Write-Output "installed $bin\jira-build-status.exe, $said; the checksum is right, $attestation"
}
catch {
  [Console]::Error.WriteLine("error: jira-build-status was not installed: $($_.Exception.Message)")
  exit 1
}
finally {
  Remove-Item -Recurse -Force $work -ErrorAction SilentlyContinue
}
