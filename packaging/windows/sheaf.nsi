; The installer for Windows, for one user or, with rights, for all: makensis -DVERSION=1.2.3 -DSOURCE=dist\sheaf -DTARGET=out.exe
; It compiles under Linux too; no Windows has run what it makes yet.
!include "MUI2.nsh"

Unicode true
SetCompressor /SOLID lzma
Name "Sheaf ${VERSION}"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\Sheaf"
InstallDirRegKey HKCU "Software\Sheaf" "InstallDir"
RequestExecutionLevel user
ManifestDPIAware true
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Sheaf"
VIAddVersionKey "FileDescription" "Sheaf setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Sheaf contributors, MIT licence"

!ifdef ICON
  !define MUI_ICON "${ICON}"
  !define MUI_UNICON "${ICON}"
!endif
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Sheaf"
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\sheaf.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Spanish"

Section "Sheaf"
  ; Parts of an earlier version must not be found by this one.
  RMDir /r "$INSTDIR\parts"
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Sheaf.lnk" "$INSTDIR\sheaf.exe"
  WriteRegStr HKCU "Software\Classes\.sheaf" "" "Sheaf.Book"
  WriteRegStr HKCU "Software\Classes\Sheaf.Book" "" "Sheaf book"
  WriteRegStr HKCU "Software\Classes\Sheaf.Book\DefaultIcon" "" "$INSTDIR\sheaf.exe,0"
  WriteRegStr HKCU "Software\Classes\Sheaf.Book\shell\open\command" "" '"$INSTDIR\sheaf.exe" "%1"'
  WriteRegStr HKCU "Software\Sheaf" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Sheaf"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\sheaf.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "Sheaf contributors"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  ; The books and what the window remembers are the user's, and stay.
  RMDir /r "$INSTDIR\parts"
  Delete "$INSTDIR\sheaf.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Sheaf.lnk"
  DeleteRegKey HKCU "Software\Classes\.sheaf"
  DeleteRegKey HKCU "Software\Classes\Sheaf.Book"
  DeleteRegKey HKCU "Software\Sheaf"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
