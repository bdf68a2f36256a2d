; The installer for Windows, for Inno Setup 6.3 or newer. `python -m tools.installers` fills in the words between
; "at" signs and compiles it. It installs for one user, without asking for an administrator.

[Setup]
AppId={{7F4B8A52-3C0E-4C55-9E6C-5B1E3A9D2C71}
AppName=@TITLE@
AppVersion=@VERSION@
AppPublisher=@DEVELOPERS@
VersionInfoVersion=@VERSION@
DefaultDirName={autopf}\@TITLE@
DefaultGroupName=@TITLE@
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=@ROOT@\LICENSE
SetupIconFile=@ICON@
UninstallDisplayIcon={app}\@NAME@.exe
UninstallDisplayName=@TITLE@
OutputDir=@TO@
OutputBaseFilename=@NAME@-@VERSION@-windows-x86_64
Compression=@COMPRESSION@
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes
SetupMutex=@NAME@-setup

; What the older version had and the newer has not goes. Models, runs, data and settings are elsewhere, in
; %LOCALAPPDATA%\@NAME@, and nothing here touches them.
[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "@PROGRAM@\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[Icons]
Name: "{autoprograms}\@TITLE@"; Filename: "{app}\@NAME@.exe"; Comment: "@SUMMARY@"
Name: "{autodesktop}\@TITLE@"; Filename: "{app}\@NAME@.exe"; Tasks: desktopicon

; Offered under "Open with"; what opens such files until now goes on opening them. Windows tells files by what follows
; the last dot, so drawings are .json to it.
[Registry]
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\@NAME@.exe"; ValueType: string; ValueData: "{app}\@NAME@.exe"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\@NAME@.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "@TITLE@"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\@NAME@.exe\shell\open\command"; ValueType: string; ValueData: """{app}\@NAME@.exe"" ""%1"""
@FILE_TYPES@

[Run]
Filename: "{app}\@NAME@.exe"; Description: "{cm:LaunchProgram,@TITLE@}"; Flags: nowait postinstall skipifsilent
