# What `.ci/run` does on Debian, for a runner with Windows 10 or newer, Python 3.11 or newer, and Inno Setup 6.3 or newer
# (its folder in PATH). Any failure ends it with a non-zero code.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')

function Invoke-Stage([string] $Title, [scriptblock] $Command) {
    Write-Output "`n=== $Title"
    $global:LASTEXITCODE = 0
    & $Command
    if ($LASTEXITCODE -ne 0) { throw "$Title failed with code $LASTEXITCODE" }
}

function Invoke-Installer([string] $Path, [string[]] $Options) {
    $process = Start-Process -FilePath $Path -ArgumentList $Options -Wait -PassThru
    if ($process.ExitCode -ne 0) { throw "$Path ended with code $($process.ExitCode)" }
}

Invoke-Stage 'install and test' {
    python -m venv .venv
    .venv\Scripts\python -m pip install -q -e '.[test]'
    if ($LASTEXITCODE -eq 0) { .venv\Scripts\python -m pytest -n 2 --dist loadfile }
}
Invoke-Stage 'freeze' { .venv\Scripts\python -m tools.freeze }
Invoke-Stage 'frozen program: self-check' { dist\softmax-studio\softmax-studio.exe self-check }
Invoke-Stage 'setup program' { .venv\Scripts\python -m tools.installers --fast }

$setup = (Get-ChildItem dist\softmax-studio-*-windows-x86_64.exe | Select-Object -Last 1).FullName
$folder = Join-Path $env:TEMP 'Softmax Studio'
$kept = Join-Path $env:LOCALAPPDATA 'softmax-studio\models\kept.txt'
New-Item -ItemType Directory -Force (Split-Path $kept) | Out-Null
Set-Content $kept 'mine'
$quietly = '/VERYSILENT', '/SUPPRESSMSGBOXES', '/NORESTART', '/CURRENTUSER', "/DIR=`"$folder`""

foreach ($round in 'installed', 'upgraded') {
    Invoke-Stage "setup program: $round" {
        Invoke-Installer $setup $quietly
        & (Join-Path $folder 'softmax-studio.exe') self-check
    }
}
Invoke-Stage 'setup program: removed' {
    Invoke-Installer (Join-Path $folder 'unins000.exe') ('/VERYSILENT', '/SUPPRESSMSGBOXES', '/NORESTART')
    if (Test-Path (Join-Path $folder 'softmax-studio.exe')) { throw "$folder is still there" }
    if ((Get-Content $kept) -ne 'mine') { throw 'the folder of the user was touched' }
}
Write-Output "All checks passed: $setup"
